import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { createEmulator } from '../../src/index.ts';
import { ReadyFile } from '../../src/runtime/readyFile.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kvs-ready-'));
  path = join(folder, 'ready.json');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});
const where = { url: 'http://127.0.0.1:4580', port: 4580 };

it('is gone from before the emulator listens, when an earlier run has left it', () => {
  writeFileSync(path, 'stale');
  const ready = new ReadyFile(path);
  expect(readdirSync(folder)).toEqual([]);
  ready.announce(where);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ ...where, pid: process.pid });
  ready.withdraw();
  expect(readdirSync(folder)).toEqual([]);
});

it.each([
  ['a process that is gone', JSON.stringify({ ...where, pid: 2 ** 30 }), false],
  ['this process', JSON.stringify({ ...where, pid: process.pid }), false],
  ['nobody', '{}', false],
  ['a process that runs, whose port may be in use', JSON.stringify({ ...where, pid: process.ppid }), true],
])('of %s, found at the start', (_, content, stays) => {
  writeFileSync(path, content);
  const ready = new ReadyFile(path);
  expect(readdirSync(folder).length > 0).toBe(stays);
  // It has announced nothing itself.
  ready.withdraw();
  expect(readdirSync(folder).length > 0).toBe(stays);
});

it('is left alone if another emulator has written it since', () => {
  const first = new ReadyFile(path);
  first.announce(where);
  writeFileSync(path, 'of another');
  first.withdraw();
  expect(readFileSync(path, 'utf8')).toBe('of another');
});

it('leaves no draft behind where it cannot be written', () => {
  const inTheWay = new ReadyFile(folder);
  expect(() => inTheWay.announce(where)).toThrow();
  expect(readdirSync(folder)).toEqual([]);
  expect(
    readdirSync(join(folder, '..')).filter((name) => name.startsWith(folder.split('/').at(-1) ?? '?')),
  ).toHaveLength(1);
});

it('is an option of the library, too, and refused with nothing left listening', async () => {
  const emulator = await createEmulator({ readyFile: path, logLevel: 'silent' });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ url: emulator.url, port: emulator.port });
  await emulator.stop();
  expect(readdirSync(folder)).toEqual([]);
  await expect(createEmulator({ readyFile: join(folder, 'no/ready.json') })).rejects.toThrow(
    'The ready file cannot be written: ENOENT',
  );
});
