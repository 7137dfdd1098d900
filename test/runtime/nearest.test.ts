import { expect, it } from 'vitest';
import { editDistance, isWithin } from '../../src/runtime/nearest.ts';
import { createRandom } from '../../src/runtime/random.ts';

it.each([
  ['door', 'door', 0],
  ['door', 'doro', 2],
  ['door', 'dor', 1],
  ['door', 'fdoorx', 2],
  ['door', 'dxxr', 2],
  ['door', 'dxxx', 3],
  ['', 'ab', 2],
  ['abc', '', 3],
] as const)('%j and %j are %i letters apart', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  for (const edits of [0, 1, 2]) expect(isWithin(edits, a, b)).toBe(distance <= edits);
});

it('agrees with the distance for any two words', () => {
  const random = createRandom(3);
  const word = (): string => Array.from({ length: random.uint32() % 7 }, () => 'abc'[random.uint32() % 3]).join('');
  for (let i = 0; i < 3000; i++) {
    const [a, b] = [word(), word()];
    for (const edits of [0, 1, 2]) expect(isWithin(edits, a, b), `${a} ${b}`).toBe(editDistance(a, b) <= edits);
  }
});
