#!/usr/bin/env node
// Where the program begins. It is loaded by whatever Node there is, so that one that is too old can be told so: nothing but
// this file may be parsed before.
const NEEDED = [20, 19] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  process.stderr.write(
    `kvs-emulator: this is Node ${process.versions.node}, and it takes ${NEEDED.join('.')} or a later one: ` +
      'install it from https://nodejs.org, or run the emulator as a container, which brings its own.\n',
  );
  process.exitCode = 1;
} else {
  // What has been compiled once is there the next time, where node can keep it: from 22 on.
  const module = process.getBuiltinModule?.('node:module') as { enableCompileCache?(): void } | undefined;
  module?.enableCompileCache?.();
  void import('./main.ts');
}
