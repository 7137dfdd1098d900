import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../src/runtime/makeFolder.ts';
import { scratchFolder } from '../support/programs.ts';

it('makes a folder and those above it, for whom they are, and leaves one that is there', () => {
  const path = join(scratchFolder(), 'a/b/c');
  makeFolder(path, 0o700);
  writeFileSync(join(path, 'x'), '');
  makeFolder(path, 0o700);
  expect([statSync(join(path, '..')).mode & 0o777, existsSync(join(path, 'x'))]).toEqual([0o700, true]);
});

it('says that a file is in its place, or above it', () => {
  const file = join(scratchFolder(), 'file');
  writeFileSync(file, '');
  expect(() => makeFolder(file)).toThrow('EEXIST');
  expect(() => makeFolder(join(file, 'a/b'))).toThrow('ENOTDIR');
});

it.skipIf(!existsSync('/proc/self'))('gives up where nothing can be made', () => {
  expect(() => makeFolder('/proc/kvs/data')).toThrow('ENOENT');
});
