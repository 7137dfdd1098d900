import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lacedFrameSizes } from '../../../src/media/matroska/lacing.ts';
import { concat, hex, simpleBlock, vint } from '../../support/mkv.ts';

const XIPH = 1;
const FIXED = 2;
const EBML = 3;
const KINDS = { xiph: XIPH, fixed: FIXED, ebml: EBML } as const;
type Kind = keyof typeof KINDS;

/** What stands behind the flags of a block with frames of these sizes. */
function lace(lacing: Kind, sizes: readonly number[]): Uint8Array {
  const frames = sizes.map((size) => new Uint8Array(size));
  const block = simpleBlock({ lacing, frames, sizeWidth: 4 });
  return block.subarray(1 + 4 + 4);
}
const sizesOf = (lacing: number, bytes: string): number[] | undefined => lacedFrameSizes(lacing, hex(bytes));

describe('lacedFrameSizes', () => {
  it.each<[Kind, number[]]>([
    ['xiph', [7]],
    ['xiph', [255, 254, 256, 0, 510, 3]],
    ['fixed', [12, 12, 12]],
    ['fixed', [0, 0]],
    ['ebml', [7]],
    ['ebml', [126, 127, 128, 0, 1]],
    ['ebml', [0, 63, 127, 64, 0, 20_000, 1, 20_000, 9]],
  ])('finds the frames of a %s lace of %j', (lacing, sizes) => {
    const bytes = lace(lacing, sizes);
    expect(lacedFrameSizes(KINDS[lacing], bytes)).toEqual(sizes);
  });

  it.each<[string, number, string]>([
    ['no count', XIPH, ''],
    ['no count', FIXED, ''],
    ['no count', EBML, ''],
    ['sizes that break off', XIPH, '02 ff'],
    ['sizes that break off', XIPH, '02 01'],
    ['sizes that break off', EBML, '02 81'],
    ['half a size', EBML, '01 40'],
    ['a size that is no integer', EBML, '01 00 01 02 03'],
    ['an unknown size', EBML, '01 ff 01 02'],
    ['a size beyond all numbers', EBML, '01 01fffffffffffffe 01'],
    ['frames that share the bytes unevenly', FIXED, '01 010203'],
    ['a frame larger than the block', XIPH, '01 03 0102'],
    ['a frame larger than the block', EBML, '01 83 0102'],
    ['a difference below nothing', EBML, '02 81 bd 010203'],
    ['a difference beyond the block', EBML, '02 81 c3 010203'],
  ])('refuses %s (%d: %s)', (_, lacing, bytes) => {
    expect(sizesOf(lacing, bytes)).toBeUndefined();
  });

  it('takes a last frame of no bytes', () => {
    expect(sizesOf(XIPH, '01 02 0102')).toEqual([2, 0]);
    expect(sizesOf(EBML, '01 82 0102')).toEqual([2, 0]);
  });

  it('comes to an end on any bytes, with sizes that add up', () => {
    const bytes = fc.uint8Array({ maxLength: 60 });
    fc.assert(
      fc.property(bytes, fc.constantFrom(XIPH, FIXED, EBML), (content, lacing) => {
        const sizes = lacedFrameSizes(lacing, content);
        if (sizes === undefined) return;
        expect(sizes).toHaveLength((content[0] as number) + 1);
        expect(sizes.every((size) => Number.isInteger(size) && size >= 0)).toBe(true);
        expect(sizes.reduce((total, size) => total + size, 0)).toBeLessThan(content.length);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it('counts a difference of eight bytes', () => {
    const difference = vint(2n ** 55n - 1n + 4n, 8);
    const bytes = concat(hex('02 81'), difference, new Uint8Array(1 + 5 + 9));
    expect(lacedFrameSizes(EBML, bytes)).toEqual([1, 5, 9]);
  });
});
