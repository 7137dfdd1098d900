import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Is written into the program, which loads its one large file by this: with what V8 has compiled of it at the build, if that
 * was by the same node. V8 takes it for the same source and flags alone, and compiles anything else as ever. It is not in
 * the package, since it is for one node; from 22 on node keeps the like by itself, where it may write.
 */
export function loadEarly(ask, path) {
  const file = ask.resolve(path);
  const { readFileSync } = ask('node:fs');
  let cachedData;
  try {
    cachedData = readFileSync(`${file}.${process.version}`);
  } catch {
    return ask(path);
  }
  const Module = ask('node:module');
  const { Script } = ask('node:vm');
  const script = new Script(Module.wrap(readFileSync(file, 'utf8')), { filename: file, cachedData });
  const early = new Module(file);
  early.filename = file;
  ask.cache[file] = early;
  const { exports, path: folder } = early;
  script.runInThisContext().call(exports, exports, Module.createRequire(file), early, file, folder);
  early.loaded = true;
  return early.exports;
}

/** Has the program start and answer once, and keeps what has been compiled for that. A build is whole without it. */
export function keepCompiled(main, file) {
  const kept = `${file}.${process.version}`;
  writeFileSync(kept, '');
  const worker = fileURLToPath(new URL('compiled.cjs', import.meta.url));
  const { status } = spawnSync(process.execPath, [worker, main, kept], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH },
    timeout: 20_000,
  });
  if (status !== 0)
    process.stderr.write('What V8 compiles for a start was not kept: starts will take a little longer.\n');
}
