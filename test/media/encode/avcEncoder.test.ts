import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BitReader } from '../../../src/media/bytes/bitReader.ts';
import { BitWriter } from '../../../src/media/bytes/bitWriter.ts';
import { parseAvcRecord, parseAvcSps } from '../../../src/media/codec/avc.ts';
import { unescapeNal } from '../../../src/media/codec/nal.ts';
import { AvcEncoder } from '../../../src/media/encode/avcEncoder.ts';
import { avcLevel } from '../../../src/media/encode/avcLevel.ts';
import { Canvas } from '../../../src/media/encode/canvas.ts';
import { writeCoefficients } from '../../../src/media/encode/coefficients.ts';
import { filler } from '../../../src/media/encode/filler.ts';
import { nalUnit } from '../../../src/media/encode/nalUnit.ts';
import { COEFF_TOKEN, type Code, RUN_BEFORE, TOTAL_ZEROS } from '../../../src/media/encode/vlcTables.ts';
import { FlatPictures, readCoefficients } from '../support/flatPictures.ts';

/** 1 where every sequence of bits is some code of the table. */
const kraft = (codes: readonly Code[]): number =>
  codes.reduce((sum, [length]) => sum + (length === 0 ? 0 : 2 ** -length), 0);

const LUMA = fc.integer({ min: 1, max: 14 }).map((step) => step * 16);
const CHROMA = fc.integer({ min: 8, max: 120 }).map((half) => half * 2);

describe('the H.264 encoder', () => {
  it('has tables in which no code begins with another', () => {
    for (const codes of [COEFF_TOKEN.flat(), ...TOTAL_ZEROS, ...RUN_BEFORE]) {
      const words = codes
        .filter(([length]) => length > 0)
        .map(([length, bits]) => bits.toString(2).padStart(length, '0'));
      for (const word of words) expect(words.filter((other) => other.startsWith(word))).toEqual([word]);
      expect(kraft(codes)).toBeLessThanOrEqual(1);
    }
    // Those that lack a code lack the one of nothing but zeros.
    expect(TOTAL_ZEROS.slice(1).map(kraft)).toEqual(new Array(14).fill(1));
    expect(RUN_BEFORE.slice(0, 6).map(kraft)).toEqual(new Array(6).fill(1));
  });

  it('writes any coefficients so that they can be read', () => {
    const level = fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      fc.constantFrom(1, -1),
      fc.integer({ min: -300, max: 300 }),
    );
    fc.assert(
      fc.property(fc.array(level, { minLength: 16, maxLength: 16 }), (scan) => {
        const out = new BitWriter();
        writeCoefficients(out, scan);
        out.trailing();
        expect(readCoefficients(new BitReader(out.take()))).toEqual(scan.map((value) => value + 0));
      }),
    );
  });

  it('loses nothing of any canvas, in key pictures and in what has changed since', () => {
    const change = fc.record({ cell: fc.nat(), luma: LUMA, block: fc.nat(), cb: CHROMA, cr: CHROMA });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.array(change, { maxLength: 40 }), { minLength: 1, maxLength: 5 }),
        (columns, rows, pictures) => {
          const canvas = new Canvas(columns * 16, rows * 16);
          const encoder = new AvcEncoder({ width: columns * 16, height: rows * 16, level: 10 });
          const decoder = new FlatPictures(columns, rows);
          for (const [at, changes] of pictures.entries()) {
            for (const { cell, luma, block, cb, cr } of changes) {
              const [x, y] = [(block % (columns * rows)) % columns, Math.floor((block % (columns * rows)) / columns)];
              canvas.paint([x, y], [x + 1, y + 1], { luma, cb, cr });
              canvas.set(cell % (columns * 4), (cell >> 8) % (rows * 4), luma);
            }
            decoder.decode(encoder.encode(canvas, at % 3 === 0));
            expect(decoder.luma).toEqual([...canvas.luma]);
            expect([decoder.cb, decoder.cr]).toEqual([[...canvas.cb], [...canvas.cr]]);
          }
        },
      ),
    );
  });

  it('says in a few bytes that nothing has changed', () => {
    const canvas = new Canvas(1920, 1080);
    const encoder = new AvcEncoder({ width: 1920, height: 1080, level: 40 });
    expect(encoder.encode(canvas, true).length).toBeGreaterThan(5000);
    expect(encoder.encode(canvas, false).length).toBeLessThan(12);
  });

  it.each([
    [640, 360, 30],
    [320, 180, 12],
    [1918, 1078, 40],
  ])('has parameter sets that say %i by %i', (width, height, level) => {
    const { record } = new AvcEncoder({ width, height, level });
    const { parameterSets, lengthSize, codecString } = parseAvcRecord(record);
    expect([lengthSize, parameterSets.length, codecString]).toEqual([
      4,
      2,
      `avc1.42c0${level.toString(16).padStart(2, '0')}`,
    ]);
    const [sps = new Uint8Array()] = parameterSets;
    expect(parseAvcSps(sps)).toMatchObject({ width, height, reorderFrames: 0 });
  });

  it('knows which level allows what', () => {
    expect(avcLevel(40, 23, 25, 0)).toBe(30);
    expect(avcLevel(40, 23, 25, 12_000_000)).toBe(31);
    expect(avcLevel(120, 68, 30, 0)).toBe(40);
    expect(avcLevel(120, 68, 60, 0)).toBe(42);
    expect(avcLevel(256, 256, 60, 0)).toBeUndefined();
  });

  it('keeps start codes out of its units', () => {
    const payload = Uint8Array.of(0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 0, 4);
    const unit = Buffer.from(nalUnit(0x65, payload));
    expect(unit.includes(Buffer.of(0, 0, 1)) || unit.includes(Buffer.of(0, 0, 0))).toBe(false);
    expect([...unescapeNal(unit.subarray(1))]).toEqual([...payload]);
  });

  it.each([20, 255, 300, 5000])('fills up with about %i bytes of nothing', (length) => {
    const unit = filler(length);
    expect(Math.abs(unit.length - length)).toBeLessThan(4);
    const sizes = unit.subarray(2, unit.findIndex((byte, at) => at > 1 && byte !== 255) + 1);
    expect(sizes.reduce((a, b) => a + b, 0)).toBe(unit.length - 2 - sizes.length - 1);
  });
});
