import { expect, it } from 'vitest';
import { read, sources, withoutComments } from './sources.ts';

/** Writes to a table of the record store, as far as its name tells. */
const WRITES = /\b(table|names|eras|records\.\w+)\.(put|remove)\(/;
/** Makes a resource something else. */
const CHANGES = /\b(stream|channel|resource)\.change\(/;

const matching = (pattern: RegExp): string[] => sources().filter((path) => pattern.test(withoutComments(read(path))));

it('records are kept by what all kinds of resources have in common, and by nothing else', () => {
  const rules = ['src/domain/resources/pastNames.ts', 'src/domain/resources/resources.ts'];
  // A snapshot puts back what they have kept.
  expect(matching(WRITES)).toEqual([...rules, 'src/snapshots/state.ts']);
});

it('resources are changed by the rules alone', () => {
  const folders = new Set(matching(CHANGES).map((path) => path.split('/').slice(0, 3).join('/')));
  expect([...folders]).toEqual(['src/domain/channels', 'src/domain/resources', 'src/domain/streams']);
});
