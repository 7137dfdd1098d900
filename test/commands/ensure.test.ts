import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const ENSURE = fileURLToPath(new URL('../../scripts/ensure.mjs', import.meta.url));

type Packages = Readonly<Record<string, { version: string; integrity?: string; optional?: true }>>;

const WANTED: Packages = {
  '': { version: '1.0.0' },
  'node_modules/one': { version: '1.2.3', integrity: 'sha512-one' },
  'node_modules/for-another-machine': { version: '1.0.0', integrity: 'sha512-other', optional: true },
};
const ONE = { 'node_modules/one': { version: '1.2.3', integrity: 'sha512-one' } };

/** Whether a clone, with what npm says that it has installed, has npm called by what `npm start` runs first. */
function installs(installed: Packages | undefined): boolean {
  const clone = mkdtempSync(join(tmpdir(), 'kvs-clone-'));
  onTestFinished(() => rmSync(clone, { recursive: true, force: true }));
  const write = (name: string, text: string, mode = 0o644): void => {
    mkdirSync(dirname(join(clone, name)), { recursive: true });
    writeFileSync(join(clone, name), text, { mode });
  };
  mkdirSync(join(clone, 'scripts'));
  cpSync(ENSURE, join(clone, 'scripts/ensure.mjs'));
  write('package-lock.json', JSON.stringify({ packages: WANTED }));
  if (installed !== undefined) write('node_modules/.package-lock.json', JSON.stringify({ packages: installed }));
  write('bin/npm', `#!/bin/sh\necho "$@" >${join(clone, 'called')}\n`, 0o755);
  const env = { PATH: `${join(clone, 'bin')}:${process.env.PATH}` };
  execFileSync(process.execPath, [join(clone, 'scripts/ensure.mjs')], { env, stdio: 'ignore' });
  return existsSync(join(clone, 'called'));
}

it.skipIf(process.platform === 'win32').each([
  ['nothing is installed', undefined, true],
  ['npm ci was called by hand', ONE, false],
  ['more is installed', { ...ONE, 'node_modules/two': { version: '1.0.0' } }, false],
  ['another version is installed', { 'node_modules/one': { version: '1.2.2', integrity: 'sha512-old' } }, true],
  ['something is missing', {}, true],
] as const)('npm start, where %s', (_what, installed, does) => {
  expect(installs(installed)).toBe(does);
});
