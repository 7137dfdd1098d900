import { expect, it } from 'vitest';
import { read, sources, withoutComments } from './sources.ts';

/** The program loads its commands before anything else runs, and nobody tests with modules of their own in it. */
const PROGRAM = ['src/bin.ts', 'src/main.ts'];
/** What node has in itself is loaded already. */
const IMPORT = /(inTurn\(\(\) => )?\bimport\('(?!node:)[^']+'\)/g;

it('is done one module after the other, in what a test runner may load', () => {
  const found = sources()
    .filter((path) => !PROGRAM.includes(path))
    .flatMap((path) => [...withoutComments(read(path)).matchAll(IMPORT)].map((match) => ({ path, match })));
  expect(found.length).toBeGreaterThan(10);
  const loose = found.filter(({ match }) => match[1] === undefined);
  expect(loose.map(({ path, match }) => `${path}: ${match[0]}`)).toEqual([]);
});
