import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readId,
  readSignedVint,
  readSize,
  readUnsigned,
  readVint,
  UNKNOWN_SIZE,
  vintLength,
} from '../../../src/media/ebml/vint.ts';
import { hex, uintBytes, vint } from '../../support/mkv.ts';

const size = (bytes: string): number => readSize(hex(bytes), 0, vintLength(hex(bytes)[0] as number));
const id = (bytes: string): number => readId(hex(bytes), 0, vintLength(hex(bytes)[0] as number));

describe('vintLength', () => {
  it.each([
    [0xff, 1],
    [0x80, 1],
    [0x7f, 2],
    [0x40, 2],
    [0x3f, 3],
    [0x10, 4],
    [0x08, 5],
    [0x04, 6],
    [0x02, 7],
    [0x01, 8],
    [0x00, 9],
  ])('of first byte %d is %d', (first, length) => {
    expect(vintLength(first)).toBe(length);
  });
});

describe('readSize', () => {
  it.each([
    ['80', 0],
    ['fe', 126],
    ['407f', 127],
    ['4000', 0],
    ['10000000', 0],
    ['0100000000000005', 5],
    ['011fffffffffffff', Number.MAX_SAFE_INTEGER],
    ['0120000000000000', Number.POSITIVE_INFINITY],
    ['01fffffffffffffe', Number.POSITIVE_INFINITY],
  ])('of %s is %d', (bytes, expected) => {
    expect(size(bytes)).toBe(expected);
  });

  it.each(['ff', '7fff', '3fffff', '1fffffff', '0fffffffff', '07ffffffffff', '03ffffffffffff', '01ffffffffffffff'])(
    'of %s, all ones, is unknown',
    (bytes) => {
      expect(size(bytes)).toBe(UNKNOWN_SIZE);
    },
  );

  it('reads what the builder writes, in any width', () => {
    const cases = fc
      .record({ width: fc.integer({ min: 1, max: 8 }), share: fc.bigInt({ min: 0n, max: 2n ** 53n - 1n }) })
      .map(({ width, share }) => ({ width, value: share % (2n ** BigInt(7 * width) - 1n) }));
    fc.assert(
      fc.property(cases, ({ width, value }) => {
        const bytes = vint(value, width);
        expect(vintLength(bytes[0] as number)).toBe(width);
        expect(readSize(bytes, 0, width)).toBe(Number(value));
        expect(readVint(bytes, 0, width)).toBe(Number(value));
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

describe('readVint', () => {
  it('takes all ones for a number', () => {
    expect(readVint(hex('ff'), 0, 1)).toBe(127);
    expect(readVint(hex('007fff'), 1, 2)).toBe(16_383);
  });
});

describe('readId', () => {
  it.each([
    ['a3', 0xa3],
    ['4282', 0x4282],
    ['2ad7b1', 0x2ad7b1],
    ['1a45dfa3', 0x1a45dfa3],
  ])('of %s keeps the marker', (bytes, expected) => {
    expect(id(bytes)).toBe(expected);
  });

  it.each(['80', 'ff', '4000', '7fff', '200000', '3fffff', '10000000', '1fffffff', '0812345678'])(
    'of %s, which no element may have, is 0',
    (bytes) => {
      expect(id(bytes)).toBe(0);
    },
  );
});

describe('readSignedVint', () => {
  it.each([
    ['bf', 0],
    ['c0', 1],
    ['be', -1],
    ['80', -63],
    ['ff', 64],
    ['5fff', 0],
    ['4000', -8191],
    ['7ffe', 8191],
  ])('of %s is %d', (bytes, expected) => {
    expect(readSignedVint(hex(bytes), 0, hex(bytes).length)).toBe(expected);
  });
});

describe('readUnsigned', () => {
  it('of nothing is 0, of eight bytes exact', () => {
    expect(readUnsigned(new Uint8Array())).toBe(0n);
    expect(readUnsigned(hex('ffffffffffffffff'))).toBe(2n ** 64n - 1n);
    expect(readUnsigned(uintBytes(1_795_361_683_507n, 8))).toBe(1_795_361_683_507n);
  });
});
