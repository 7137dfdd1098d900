import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  joinAnnexB,
  joinLengthPrefixed,
  type NalRange,
  splitAnnexB,
  splitLengthPrefixed,
  unescapeNal,
} from '../../../src/media/codec/nal.ts';
import { concat, hex } from '../../support/mkv.ts';

const units = (data: Uint8Array, ranges: readonly NalRange[] | undefined) =>
  ranges?.map(({ start, end }) => Buffer.from(data.subarray(start, end)).toString('hex'));

/** What an encoder gives: no byte string that looks like a start code, no zero at the end. */
const nalUnit = fc
  .uint8Array({ minLength: 1, maxLength: 400 })
  .map((bytes) => bytes.map((byte, i) => (byte <= 3 && (i === bytes.length - 1 || i % 2 === 0) ? byte + 4 : byte)));

describe('NAL units', () => {
  it('are found behind start codes of three and four bytes, without the zeros that pad them', () => {
    const data = hex('00000001 6742 000001 68ce 0000000001 65 0102 0000');
    expect(units(data, splitAnnexB(data))).toEqual(['6742', '68ce', '650102']);
    expect(splitAnnexB(hex('6742'))).toBeUndefined();
    expect(splitAnnexB(hex('0000'))).toBeUndefined();
    expect(splitAnnexB(new Uint8Array())).toBeUndefined();
  });

  it.each([
    ['0002 6742 0001 68', 'exact', ['6742', '68']],
    ['0002 6742', 'exact', ['6742']],
    ['', 'exact', []],
    // Zeros behind the last unit, as the last unit, as one in between, in the length of the one before.
    ['0002 6742 00', 'padded', ['6742']],
    ['0002 6742 0000', 'padded', ['6742']],
    ['0002 6742 000000', 'padded', ['6742']],
    ['0000 0001 68', 'padded', ['68']],
    ['0002 6742 0000 0001 68', 'padded', ['6742', '68']],
    ['0004 67420000 0001 68', 'padded', ['6742', '68']],
    ['0002 0000', 'padded', []],
    ['000000', 'padded', []],
    // What lengths do not lead to.
    ['0003 6742', 'broken', []],
    ['ffff 00', 'broken', []],
    ['41', 'broken', []],
    ['0002 6742 0001', 'broken', ['6742']],
    ['0002 6742 0003 6501', 'broken', ['6742']],
    ['0002 6742 0041', 'broken', ['6742']],
  ])('are found behind their lengths, without the zeros that pad them: %s is %s', (data, fit, expected) => {
    const found = splitLengthPrefixed(hex(data), 2);
    expect(found.fit).toBe(fit);
    expect(units(hex(data), found.units)).toEqual(expected);
  });

  it.each([
    ['0002 6742 0004 65', 11, 'exact', ['6742', '65']],
    ['0002 6742 0004', 11, 'exact', ['6742']],
    ['0002 6742 00', 11, 'exact', ['6742']],
    ['0002 6742', 11, 'exact', ['6742']],
    ['0002 6742 0008 65', 11, 'broken', ['6742']],
  ] as const)(
    'are those of which there is something, in the beginning of a frame: %s of %i bytes',
    (start, size, fit, found) => {
      const data = hex(start);
      const split = splitLengthPrefixed(data, 2, undefined, size);
      expect({ fit: split.fit, units: units(data, split.units) }).toEqual({ fit, units: found });
    },
  );

  it('do not end behind their frame, however long they claim to be', () => {
    expect(splitLengthPrefixed(hex('ffffffff00'), 4)).toEqual({ units: [], fit: 'broken' });
  });

  it.each([2, 4])('survive from lengths of %i bytes to start codes and back', (lengthSize) => {
    fc.assert(
      fc.property(fc.array(nalUnit, { minLength: 1, maxLength: 6 }), (list) => {
        const prefixed = concat(
          ...list.flatMap((unit) => {
            const size = new DataView(new ArrayBuffer(4));
            size.setUint32(0, unit.length);
            return [new Uint8Array(size.buffer).subarray(4 - lengthSize), unit];
          }),
        );
        const annexB = joinAnnexB(prefixed, splitLengthPrefixed(prefixed, lengthSize).units);
        const back = joinLengthPrefixed(annexB, splitAnnexB(annexB)!, lengthSize);
        expect(Buffer.from(back).equals(prefixed)).toBe(true);
      }),
    );
  });

  it('lose the bytes that keep them from looking like start codes', () => {
    expect(unescapeNal(hex('000003 01 000003 000003 0304'))).toEqual(hex('0000 01 0000 0000 0304'));
  });
});
