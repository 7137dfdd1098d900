import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import { dist, entries, modulesOnly, peers, put, root } from './what.mjs';

/** Declarations: one file for each entry point, and one for what several of them share. */
export async function bundleTypes() {
  const apart = mkdtempSync(join(tmpdir(), 'kvs-types-'));
  try {
    const options = ['-p', `${root}tsconfig.build.json`, '--outDir', apart];
    const compiler = `${root}node_modules/typescript/bin/tsc`;
    await promisify(execFile)(process.execPath, [compiler, ...options]).catch(({ stdout }) => {
      throw new Error(stdout);
    });
    const input = Object.fromEntries(
      Object.entries(entries).map(([name, path]) => [name, join(apart, path.replace(/^src\/(.*)\.ts$/, '$1.d.ts'))]),
    );
    const bundle = await rolldown({
      input,
      external: [/^node:/, ...peers],
      plugins: [dts({ dtsInput: true, emitDtsOnly: true, tsconfig: false })],
    });
    const { output } = await bundle.generate({ format: 'es', chunkFileNames: 'types/[name]-[hash].js' });
    await bundle.close();
    for (const { fileName, code } of output) {
      const text = readable(code);
      put(`${dist}esm/${fileName}`, text);
      // The folder says that they describe CommonJS.
      if (!modulesOnly.some((name) => fileName === `${name}.d.ts`)) put(`${dist}cjs/${fileName}`, text);
    }
  } finally {
    rmSync(apart, { recursive: true, force: true });
  }
}

/** The bundler writes comments behind the line before, where they would belong to nothing, and names the files that it read. */
const readable = (code) =>
  code
    .replace(/^\/\/ .*\.d\.ts$\n/gm, '')
    .replace(/([;{,]) (\/\*\* )/g, '$1\n  $2')
    .replace(/\*\/(?=[\w'"[])/g, '*/ ');
