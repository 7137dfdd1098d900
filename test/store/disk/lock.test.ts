import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Lock } from '../../../src/store/disk/lock.ts';
import { startOf, whereabouts } from '../../../src/store/disk/processes.ts';
import { dataFolder } from '../../durable/service.ts';

const write = (folder: string, holder: object): void => writeFileSync(join(folder, 'lock'), JSON.stringify(holder));

async function take(folder: string): Promise<Lock> {
  const lock = await Lock.take(folder);
  onTestFinished(() => lock.release());
  return lock;
}

describe('a folder', () => {
  it('is had by one, and by another after that', async () => {
    const folder = dataFolder();
    const lock = await take(folder);
    await expect(Lock.take(folder)).rejects.toThrow(`${folder} is in use by another emulator, process ${process.pid}.`);
    lock.release();
    expect(existsSync(join(folder, 'lock'))).toBe(false);
    await take(folder);
  });

  it('is not had by another process that runs', async () => {
    const folder = dataFolder();
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log(1)'], { stdio: 'pipe' });
    onTestFinished(() => void other.kill('SIGKILL'));
    await once(other.stdout, 'data');
    const pid = other.pid as number;
    write(folder, { pid, started: startOf(pid) ?? null, where: whereabouts() });
    await expect(Lock.take(folder)).rejects.toThrow(`process ${pid}. Stop that one`);
    other.kill('SIGKILL');
    await once(other, 'exit');
    await take(folder);
  });

  it.skipIf(!existsSync('/proc/self/stat'))('is taken from a process whose number another has by now', async () => {
    const folder = dataFolder();
    write(folder, { pid: process.pid, started: '1', where: whereabouts() });
    await take(folder);
    expect(JSON.parse(readFileSync(join(folder, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
  });

  it('is taken from another machine or container that has not been heard of', async () => {
    const folder = dataFolder();
    write(folder, { pid: 1, started: '1', where: 'elsewhere' });
    utimesSync(join(folder, 'lock'), 1000, 1000);
    await take(folder);
  });

  it('is not taken from another container that is heard of', async () => {
    const folder = dataFolder();
    const beats = join(folder, 'lock');
    write(folder, { pid: 1, started: '1', where: 'elsewhere' });
    const other = spawn(process.execPath, [
      '-e',
      `setInterval(() => require('node:fs').utimesSync(${JSON.stringify(beats)}, Date.now() / 1000, Date.now() / 1000), 200)`,
    ]);
    onTestFinished(() => void other.kill('SIGKILL'));
    await expect(Lock.take(folder)).rejects.toThrow('process 1 of another machine or container');
  });

  it('is taken when nobody can tell who had it', async () => {
    const folder = dataFolder();
    writeFileSync(join(folder, 'lock'), 'what');
    utimesSync(join(folder, 'lock'), 1000, 1000);
    await take(folder);
  });

  it('is not taken from one that is heard of, though nobody can read who it is', async () => {
    const folder = dataFolder();
    await take(folder);
    writeFileSync(join(folder, 'lock'), 'what');
    await expect(Lock.take(folder)).rejects.toThrow('is in use by another emulator, which cannot be named');
  });

  it('is locked again by the one that has it when its lock was deleted', async () => {
    const folder = dataFolder();
    const path = join(folder, 'lock');
    await take(folder);
    const text = readFileSync(path, 'utf8');
    rmSync(path);
    await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toBe(text), { timeout: 10_000, interval: 20 });
  });

  it('is had by one of many that come at once', async () => {
    const folder = dataFolder();
    write(folder, { pid: 2 ** 22 + 7, started: '1', where: whereabouts() });
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => take(folder)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
