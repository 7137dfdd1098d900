import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { expect, it, onTestFinished } from 'vitest';

it('keeps a process alive that waits for nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kvs-commit-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const outfile = join(folder, 'commit.mjs');
  await build({
    ...{ entryPoints: ['src/store/disk/groupCommit.ts'], outfile },
    ...{ bundle: true, format: 'esm', platform: 'node', logLevel: 'silent' },
  });
  const program = `
    const { GroupCommit } = await import(${JSON.stringify(pathToFileURL(outfile).href)});
    const commit = new GroupCommit(50);
    const file = { flush: async () => undefined };
    await commit.commit(file);
    await commit.commit(file);
    console.log('safe');`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect(stdout).toBe('safe\n');
});
