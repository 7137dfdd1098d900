import { describe, expect, it } from 'vitest';
import { configure } from '../../../src/media/codec/configure.ts';
import { initSegment } from '../../../src/media/fmp4/initSegment.ts';
import { mediaSegment } from '../../../src/media/fmp4/mediaSegment.ts';
import type { Sample } from '../../../src/media/sample.ts';
import { fixture } from '../../support/fixtures.ts';
import { boxAt, boxesIn, runOf } from '../support/boxes.ts';
import { fragmentsOf, tracksOf } from '../support/fragments.ts';

const [video, audio] = tracksOf(fragmentsOf(fixture('h264-aac-gop1s.mkv'))[0]!).map(({ config }) => config);
const types = (bytes: Uint8Array): string[] => boxesIn(bytes).map(({ type }) => type);
const sample = (dts: number, pts: number, duration: number, key = false, size = 3): Sample => ({
  data: new Uint8Array(size).fill(dts & 0xff),
  key,
  dts,
  pts,
  duration,
});

describe('an init segment', () => {
  it('is ftyp and moov, with one track, no samples and the defaults of fragments', () => {
    const init = initSegment(video!);
    expect(types(init)).toEqual(['ftyp', 'moov']);
    expect(types(boxAt(init, 'moov').body)).toEqual(['mvhd', 'trak', 'mvex']);
    expect(types(boxAt(init, 'moov/trak').body)).toEqual(['tkhd', 'mdia']);
    expect(types(boxAt(init, 'moov/trak/mdia/minf/stbl').body)).toEqual(['stsd', 'stts', 'stsc', 'stsz', 'stco']);
    expect(boxAt(init, 'moov/mvex/trex').view.getUint32(4)).toBe(1);
  });

  it('counts video in milliseconds and audio in samples', () => {
    const timescale = (bytes: Uint8Array): number => boxAt(bytes, 'moov/trak/mdia/mdhd').view.getUint32(12);
    expect(timescale(initSegment(video!))).toBe(1000);
    expect(timescale(initSegment(audio!))).toBe(48_000);
  });

  it('carries the codec private data as they came', () => {
    const entry = (bytes: Uint8Array): Uint8Array => boxAt(bytes, 'moov/trak/mdia/minf/stbl/stsd').body;
    const contains = (bytes: Uint8Array, part: Uint8Array): boolean => Buffer.from(bytes).includes(Buffer.from(part));
    expect(contains(entry(initSegment(video!)), video!.track.codecPrivate!)).toBe(true);
    expect(contains(entry(initSegment(audio!)), audio!.track.codecPrivate!)).toBe(true);
  });

  it('has the track number as its id and the creation time it is told', () => {
    const header = boxAt(initSegment(audio!, Date.UTC(2026, 0, 1)), 'moov/trak/tkhd').view;
    expect(header.getUint32(4) - 2_082_844_800).toBe(Date.UTC(2026, 0, 1) / 1000);
    expect(header.getUint32(12)).toBe(2);
    // Beyond 2040 the field needs 64 bits.
    const late = boxAt(initSegment(audio!, Date.UTC(2050, 0, 1)), 'moov/trak/tkhd').view;
    expect(late.getUint8(0)).toBe(1);
    expect(Number(late.getBigUint64(4)) - 2_082_844_800).toBe(Date.UTC(2050, 0, 1) / 1000);
  });
});

describe('a media segment', () => {
  const samples = [sample(1000, 1080, 40, true, 5), sample(1040, 1200, 40), sample(1080, 1120, 40)];

  it('is moof and mdat; the run points at the samples', () => {
    const segment = mediaSegment({ config: video!, sequenceNumber: 7, samples });
    expect(types(segment)).toEqual(['moof', 'mdat']);
    const run = runOf(segment);
    expect(run).toMatchObject({ track: 1, sequenceNumber: 7, baseDecodeTime: 1000n, signed: false });
    expect(run.samples).toEqual([
      { duration: 40, size: 5, flags: 0x02000000, offset: 80 },
      { duration: 40, size: 3, flags: 0x01010000, offset: 160 },
      { duration: 40, size: 3, flags: 0x01010000, offset: 40 },
    ]);
    const data = Buffer.concat(samples.map((one) => one.data));
    expect(Buffer.from(segment.subarray(run.dataOffset))).toEqual(data);
  });

  it('holds times of 64 bits', () => {
    const base = 1_790_000_000_123 * 48;
    const segment = mediaSegment({ config: audio!, sequenceNumber: 0, samples: [sample(base, base, 1024, true)] });
    expect(runOf(segment).baseDecodeTime).toBe(BigInt(base));
    const told = mediaSegment({ config: audio!, sequenceNumber: 0, samples, baseDecodeTime: 2n ** 60n });
    expect(runOf(told).baseDecodeTime).toBe(2n ** 60n);
  });

  it('starts at 0 with signed offsets when decoding would start before 0', () => {
    const early = samples.map((one) => ({ ...one, dts: one.dts - 1080, pts: one.pts - 1080 }));
    const run = runOf(mediaSegment({ config: video!, sequenceNumber: 0, samples: early }));
    expect(run.baseDecodeTime).toBe(0n);
    expect(run.signed).toBe(true);
    // Decoded at 0, 40, 80; shown at 0, 120, 40 as asked.
    expect(run.samples.map(({ offset }, i) => i * 40 + offset)).toEqual([0, 120, 40]);
  });

  it('refuses nothing that configure accepts: a track without a codec is refused there', () => {
    expect(() => configure({ number: 1, kind: 'video', codec: 'unknown', codecId: 'V_VP8' })).toThrow('codec V_VP8');
  });
});
