import { expect, it } from 'vitest';
import { fits } from '../../../src/domain/access/wildcards.ts';

it.each([
  ['*', '', true],
  ['*', 'anything', true],
  ['', '', true],
  ['', 'a', false],
  ['cam-?', 'cam-1', true],
  ['cam-?', 'cam-', false],
  ['cam-?', 'cam-12', false],
  ['cam-*', 'cam-', true],
  ['*cam*', 'my cam 1', true],
  ['a*b*c', 'a1b2b3c', true],
  ['a*b*c', 'a1b2b3', false],
  ['a.c', 'abc', false],
  ['Cam', 'cam', false],
])('%j fits %j: %j', (pattern, text, expected) => {
  expect(fits(pattern, text)).toBe(expected);
});

it('a pattern of many stars costs no more than its length times that of the text', () => {
  expect(fits(`${'a*'.repeat(500)}b`, 'a'.repeat(2000))).toBe(false);
});
