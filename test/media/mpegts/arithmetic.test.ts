import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rescale, scaleMs } from '../../../src/media/codec/timescale.ts';
import { packetize, packetsOf, wrap } from '../../../src/media/mpegts/packet.ts';
import { pesHeaderSize, writePesHeader } from '../../../src/media/mpegts/pes.ts';
import { crc32, programAssociation, programMap } from '../../../src/media/mpegts/psi.ts';
import { tsSegment } from '../../../src/media/mpegts/tsSegment.ts';
import type { AudioConfig } from '../../../src/media/sample.ts';
import { fixture } from '../../support/fixtures.ts';
import { text } from '../../support/mkv.ts';
import { fragmentsOf, tracksOf } from '../support/fragments.ts';
import { pesOf, tsPackets } from '../support/transportStream.ts';

const WRAP = 2 ** 33;

describe('times at 90 kHz', () => {
  it('are the nearest to the track’s, for epoch times too', () => {
    const time = fc.integer({ min: -1_000_000, max: 1_800_000_000 * 48_000 });
    fc.assert(
      fc.property(time, fc.constantFrom(1000, 8000, 22_050, 44_100, 48_000, 96_000), (value, timescale) => {
        const scaled = BigInt(rescale(value, timescale, 90_000));
        const error = 2n * (scaled * BigInt(timescale) - BigInt(value) * 90_000n);
        expect(error <= BigInt(timescale) && error >= -BigInt(timescale)).toBe(true);
      }),
    );
  });

  it('wrap at 33 bits', () => {
    expect(wrap(0)).toBe(0);
    expect(wrap(WRAP - 1)).toBe(WRAP - 1);
    expect(wrap(WRAP)).toBe(0);
    expect(wrap(-63_000)).toBe(WRAP - 63_000);
    expect(wrap(1_790_000_000_000 * 90)).toBe(Number((1_790_000_000_000n * 90n) % 2n ** 33n));
  });

  it.each([0, 1, 2 ** 15, 2 ** 30, 2 ** 32, WRAP - 1, WRAP, WRAP + 90_000, 1_790_000_000_000 * 90, -3000])(
    'come out of the PES header as they went in: %i',
    (dts) => {
      const times = { pts: dts + 3600, dts };
      const size = pesHeaderSize(times) + 300;
      const unit = { pid: 0x100, size, randomAccess: true, pcr: dts - 63_000 };
      const out = new Uint8Array(188 * packetsOf(unit));
      writePesHeader(out, out.length - size, 0xe0, times, 300);
      packetize(out, 0, out.length / 188, unit, 0);
      const [pes] = pesOf(tsPackets(out), 0x100);
      expect(pes).toMatchObject({ pts: wrap(dts + 3600), dts: wrap(dts), pcr: wrap(dts - 63_000) });
    },
  );
});

describe('milliseconds in another timescale', () => {
  it('keep their fraction for epoch times', () => {
    expect(scaleMs(1_790_000_000_001, 48_000)).toBe(1_790_000_000 * 48_000 + 48);
    expect(scaleMs(1_790_000_000_001, 44_100) - 1_790_000_000 * 44_100).toBeCloseTo(44.1, 1);
    expect(scaleMs(-1, 1000)).toBe(-1);
  });
});

describe('packets', () => {
  it('carry any number of bytes in any possible number of packets', () => {
    const shapes = fc.record({ size: fc.integer({ min: 20, max: 3000 }), pcr: fc.boolean(), more: fc.nat(15) });
    fc.assert(
      fc.property(shapes, ({ size, pcr, more }) => {
        const unit = { pid: 0x101, size, randomAccess: false, ...(pcr && { pcr: 90_000 }) };
        const count = packetsOf(unit) + Math.min(more, size - packetsOf(unit));
        const out = new Uint8Array(count * 188);
        const bytes = Uint8Array.from({ length: size }, (_, i) => i * 7);
        out.set(bytes, out.length - size);
        packetize(out, 0, count, unit, 14);
        const packets = tsPackets(out);
        expect(Buffer.concat(packets.map(({ payload }) => payload)).equals(Buffer.from(bytes))).toBe(true);
        expect(packets.map(({ counter }) => counter)).toEqual(packets.map((_, i) => (14 + i) % 16));
        expect(packets.map(({ start }) => start)).toEqual(packets.map((_, i) => i === 0));
        expect(packets.every(({ payload }) => payload.length > 0)).toBe(true);
      }),
    );
  });

  it('with tables carry a CRC that a receiver accepts', () => {
    // The check value of CRC-32/MPEG-2.
    expect(crc32(text('123456789'))).toBe(0x0376e6e7);
    for (const packet of [programAssociation(), programMap(0x100, [{ type: 0x1b, pid: 0x100 }])]) {
      const length = ((packet[6]! & 0xf) << 8) | packet[7]!;
      // A section with its CRC leaves nothing.
      expect(crc32(packet.subarray(5, 8 + length))).toBe(0);
    }
  });
});

describe('audio with a gap', () => {
  it('begins a new PES packet behind it, with a time of its own', () => {
    const config = tracksOf(fragmentsOf(fixture('aac.mkv'))[0]!)[0]!.config as AudioConfig;
    const sample = (dts: number, duration: number) => ({
      data: new Uint8Array(50),
      key: true,
      dts,
      pts: dts,
      duration,
    });
    // Sixteen milliseconds too late: less than what frames may share.
    const samples = [sample(0, 1024), sample(1024, 1792), sample(2816, 1024)];
    const units = pesOf(tsPackets(tsSegment({ audio: { config, samples } })), 0x101);
    expect(units.map(({ pts }) => pts)).toEqual([0, 5280]);
  });
});
