import { expect, it } from 'vitest';
import { BLOCK_BYTES, blockSums, fits } from '../../../src/store/disk/frame.ts';
import { bytesOf, chanceOf } from './world.ts';

it('the checksums of a body are those of its blocks, however it is cut', () => {
  const bytes = bytesOf(BLOCK_BYTES + 1000, chanceOf(1));
  const [first, second] = [bytes.subarray(0, BLOCK_BYTES), bytes.subarray(BLOCK_BYTES)];
  const sums = blockSums([bytes]);
  expect(sums).toHaveLength(2);
  expect([fits(first, sums[0]), fits(second, sums[1]), fits(first, sums[1])]).toEqual([true, true, false]);
  for (const size of [1000, 4099, 100_001]) {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
    expect(blockSums(pieces)).toEqual(sums);
  }
  expect(blockSums([])).toEqual([]);
});

it('a block with a bit flipped anywhere does not fit', () => {
  const bytes = bytesOf(5000, chanceOf(2));
  const [sum] = blockSums([bytes]);
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = (bytes[at] as number) ^ (1 << (at % 8));
    expect(fits(bytes, sum)).toBe(false);
    bytes[at] = (bytes[at] as number) ^ (1 << (at % 8));
  }
  expect(fits(bytes, sum)).toBe(true);
});
