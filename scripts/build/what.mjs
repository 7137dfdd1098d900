// What is built of what.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const dist = `${root}dist/`;
const { version, peerDependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

export { version };

/** The program, which nobody imports. */
export const program = { main: 'src/bin.ts' };
/** What can be imported: `exports` of package.json names the same. */
export const entries = {
  index: 'src/index.ts',
  client: 'src/client/putMedia.ts',
  msw: 'src/kits/msw.ts',
  testcontainers: 'src/kits/testcontainers.ts',
  vitest: 'src/kits/vitest.ts',
  jest: 'src/kits/jest.ts',
  'jest/matchers': 'src/kits/jest/register.ts',
  'jest/teardown': 'src/kits/jest/teardown.ts',
};
/** Entries of packages that have no CommonJS of their own. */
export const modulesOnly = ['vitest'];
/** Whoever uses these has them. */
export const peers = Object.keys(peerDependencies);

/**
 * Large, and wanted by few: each a file of its own in CommonJS, which ES modules can load as well. The value is what is
 * exported by name, or the module itself; without one it is as the package exports it.
 */
export const vendored = {
  express: undefined,
  'node-forge': "require('node-forge/lib/pki'); module.exports = require('node-forge/lib/forge');",
  'prom-client': undefined,
  ws: ['WebSocketServer'],
};

export function put(path, contents) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, contents);
}
