import { expect, it } from 'vitest';
import { PieceBytes } from '../../../src/media/bytes/pieceBytes.ts';

const WHOLE = Uint8Array.from({ length: 9 }, (_, i) => i + 1);
const cutAt = (...places: number[]): Uint8Array[] =>
  [0, ...places].map((place, i) => WHOLE.subarray(place, places[i] ?? WHOLE.length));
const ranges = Array.from({ length: 10 }, (_, from) =>
  Array.from({ length: 11 }, (_, to) => [from, to] as const),
).flat();

it('reads like one array wherever it is cut, forwards and backwards', () => {
  for (let first = 0; first <= WHOLE.length; first++) {
    for (let second = first; second <= WHOLE.length; second++) {
      const bytes = new PieceBytes(cutAt(first, second));
      expect(bytes.length).toBe(WHOLE.length);
      for (const [from, to] of [...ranges, ...ranges.toReversed()]) {
        const expected = WHOLE.slice(from, Math.max(from, to));
        expect(bytes.slice(from, to), `${first} ${second}: ${from} to ${to}`).toEqual(expected);
      }
    }
  }
});

it('copies only what lies in more than one piece', () => {
  const bytes = new PieceBytes(cutAt(4));
  const shares = (from: number, to: number): boolean => bytes.slice(from, to).buffer === WHOLE.buffer;
  expect([shares(0, 4), shares(1, 3), shares(4, 9), shares(3, 5), shares(0, 9)]).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

it('is empty without pieces', () => {
  expect(new PieceBytes([]).slice(0, 5)).toEqual(new Uint8Array());
});
