import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pieces } from '../../../src/domain/fragments/pieces.ts';
import { concat } from '../../support/mkv.ts';

/** `size` bytes that tell where in the whole they belong. */
function* numbered(sizes: readonly number[]): Generator<Uint8Array> {
  let at = 0;
  for (const size of sizes) {
    yield Uint8Array.from({ length: size }, (_, index) => (at + index) * 31);
    at += size;
  }
}
const sizeList = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 20 }),
    fc.integer({ min: 0, max: 5000 }),
    fc.constantFrom(4095, 4096, 32_768, 40_000),
  ),
  { maxLength: 60 },
);
const held = (list: readonly Uint8Array[]): number =>
  [...new Set(list.map(({ buffer }) => buffer))].reduce((total, { byteLength }) => total + byteLength, 0);

describe('pieces', () => {
  it('are all the bytes in order, whatever their sizes', () => {
    fc.assert(
      fc.property(sizeList, (sizes) => {
        const pieces = new Pieces();
        const given = [...numbered(sizes)];
        for (const piece of given) pieces.append(piece);
        const whole = concat(...given);
        expect(pieces.size).toBe(whole.length);
        expect(Buffer.compare(concat(...pieces.list), whole)).toBe(0);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('are few and hold little more than their bytes, however small they come', () => {
    fc.assert(
      fc.property(sizeList, (sizes) => {
        const pieces = new Pieces();
        for (const piece of numbered(sizes)) pieces.append(piece);
        expect(pieces.list.length).toBeLessThanOrEqual(2 + (2 * pieces.size) / 4096);
        expect(held(pieces.list)).toBeLessThanOrEqual(2 * pieces.size);
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  it('that come byte by byte are gathered', () => {
    const pieces = new Pieces();
    const one = [new Uint8Array(1).fill(1), new Uint8Array(1).fill(2)];
    for (let i = 0; i < 100_000; i++) pieces.append(one[i & 1] as Uint8Array);
    expect(pieces.list).toHaveLength(Math.ceil(100_000 / 32_768));
    expect(concat(...pieces.list).every((byte, index) => byte === (index & 1) + 1)).toBe(true);
  });

  it('are copies: whoever gave them may use their memory again', () => {
    const pieces = new Pieces();
    const given = [...numbered([10, 5000, 10, 40_000])];
    const whole = concat(...given);
    for (const piece of given) {
      pieces.append(piece);
      piece.fill(0);
    }
    expect(Buffer.compare(concat(...pieces.list), whole)).toBe(0);
  });
});
