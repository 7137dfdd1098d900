import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const KEPT = `cjs/chunks/start.js.${process.version}`;
/** Has a process say, at its end, what V8 made of what had been compiled before. */
const TELL = `const vm = require('node:vm'); const { Script } = vm;
vm.Script = class extends Script {
  constructor(source, options) {
    super(source, options);
    process.on('exit', () => process.stderr.write(this.cachedDataRejected ? 'refused' : 'taken'));
  }
};`;

/** A copy of what is built, to be changed. */
function built(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kvs-built-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(DIST, folder, { recursive: true });
  writeFileSync(join(folder, 'tell.cjs'), TELL);
  return folder;
}

async function versionOf(folder: string) {
  const args = ['--require', join(folder, 'tell.cjs'), join(folder, 'main.js'), '--version'];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  return [/^\d+\.\d+\.\d+\n$/.test(stdout), stderr];
}

describe('what V8 has compiled at the build', () => {
  it('is taken by the node that built, wherever the program lies', async () => {
    expect(await versionOf(built())).toEqual([true, 'taken']);
  });

  it('is passed over if it is not of this source', async () => {
    const folder = built();
    writeFileSync(join(folder, KEPT), Buffer.alloc(10_000, 7));
    expect(await versionOf(folder)).toEqual([true, 'refused']);
  });

  it('may be missing, as it is for any other node', async () => {
    const folder = built();
    rmSync(join(folder, KEPT));
    expect(await versionOf(folder)).toEqual([true, '']);
  });
});
