import { describe, expect, it } from 'vitest';
import { configure } from '../../../src/media/codec/configure.ts';
import { decodeTimes } from '../../../src/media/codec/timing.ts';
import { tsSegment } from '../../../src/media/mpegts/tsSegment.ts';
import type { AudioConfig, VideoConfig } from '../../../src/media/sample.ts';
import { FIXTURES, type Fixture, fixture, fixturePath } from '../../support/fixtures.ts';
import { hex } from '../../support/mkv.ts';
import { fragmentsOf, framesOf, tracksOf } from '../support/fragments.ts';
import { decodedFrames, hasFfmpeg, packetsOf, soundHash, withFile } from '../support/judge.ts';
import { sourcePackets } from '../support/sources.ts';
import { pesOf, tsPackets } from '../support/transportStream.ts';

const PIDS = { pat: 0, pmt: 0x1000, video: 0x100, audio: 0x101 };
const UNPLAYABLE: readonly string[] = ['h264-mulaw-gop1s.mkv', 'h265-aac-gop1s.mkv', 'h265-opengop-4fps.mkv'];
const PLAYABLE = FIXTURES.filter((name) => !UNPLAYABLE.includes(name));
const kindsOf = (name: Fixture) => tracksOf(fragmentsOf(fixture(name))[0]!).map(({ config }) => config.kind);

/** One segment for each fragment. */
function segments(name: Fixture, baseMs: number): Uint8Array[] {
  const fragments = fragmentsOf(fixture(name), 65_536);
  const configs = tracksOf(fragments[0]!).map(({ config }) => config);
  const video = configs.find((config): config is VideoConfig => config.kind === 'video');
  const audio = configs.find((config): config is AudioConfig => config.kind === 'audio');
  return fragments.map((fragment) => {
    const samples = (config: VideoConfig | AudioConfig) =>
      decodeTimes(config, framesOf(fragment, config.track.number), { startMs: baseMs + fragment.timeMs });
    return tsSegment({
      ...(video && { video: { config: video, samples: samples(video) } }),
      ...(audio && { audio: { config: audio, samples: samples(audio) } }),
    });
  });
}

describe.skipIf(!hasFfmpeg)('MPEG-TS segments in a row', () => {
  it.each(PLAYABLE)('%s: ffprobe finds all frames at their times, without a warning', (name) => {
    withFile('out.ts', Buffer.concat(segments(name, 10_000)), (path) => {
      for (const kind of kindsOf(name)) {
        const source = sourcePackets(name, kind);
        const packets = packetsOf(path, kind);
        expect(packets.map(({ key }) => key)).toEqual(source.map(({ key }) => key));
        packets.forEach(({ pts }, i) => {
          expect(Math.abs(pts - 10 - source[i]!.pts)).toBeLessThan(kind === 'video' ? 0.0005 : 0.00101);
        });
      }
    });
  });

  it.each(['h264-bframes-aac-gop2s.mkv', 'gst-streamable.mkv', 'aac.mkv'] as const)(
    '%s: decodes to the source’s pictures and sound',
    (name) => {
      withFile('out.ts', Buffer.concat(segments(name, 10_000)), (path) => {
        const kinds = kindsOf(name);
        if (kinds.includes('video')) {
          const source = decodedFrames(fixturePath(name), 'video');
          const pictures = decodedFrames(path, 'video');
          expect(pictures.map(({ hash }) => hash)).toEqual(source.map(({ hash }) => hash));
          pictures.forEach(({ time }, i) => {
            expect(Math.abs(time - 10 - source[i]!.time)).toBeLessThan(0.0005);
          });
        }
        if (kinds.includes('audio')) expect(soundHash(path)).toBe(soundHash(fixturePath(name)));
      });
    },
  );

  it('is read across the wrap of its clock', () => {
    // The clock starts again 2 s into the stream.
    const base = Math.round((2 ** 33 * 3) / 90) - 2000;
    const name = 'h264-aac-gop1s.mkv';
    const packets = withFile('out.ts', Buffer.concat(segments(name, base)), (path) => packetsOf(path, 'video'));
    const source = sourcePackets(name, 'video');
    packets.forEach(({ pts }, i) => {
      expect(Math.abs(pts - packets[0]!.pts - (source[i]!.pts - source[0]!.pts))).toBeLessThan(0.0005);
    });
    expect(packets).toHaveLength(source.length);
  });
});

describe('continuity counters', () => {
  const counters = (parts: readonly Uint8Array[]): Map<number, number[]> => {
    const found = new Map<number, number[]>();
    for (const { pid, counter } of parts.flatMap(tsPackets)) found.set(pid, [...(found.get(pid) ?? []), counter]);
    return found;
  };

  it.each(PLAYABLE)('%s: run on over segments, whichever were fetched', (name) => {
    const all = segments(name, 1_790_000_000_000);
    for (const fetched of [all, [...all, ...all], all.filter((_, i) => i !== 1), [...all].reverse()]) {
      const byPid = counters(fetched);
      for (const [pid, list] of byPid) {
        expect([pid, list.filter((counter, i) => counter !== i % 16)]).toEqual([pid, []]);
      }
      expect([...byPid.keys()].sort((a, b) => a - b)).toEqual([
        PIDS.pat,
        ...kindsOf(name)
          .map((kind) => PIDS[kind])
          .sort(),
        PIDS.pmt,
      ]);
    }
  });
});

describe('an MPEG-TS segment', () => {
  const [first] = segments('h264-bframes-aac-gop2s.mkv', 1_790_000_000_000) as [Uint8Array];
  const packets = tsPackets(first);

  it('begins with its tables and repeats them evenly', () => {
    expect(packets.slice(0, 2).map(({ pid }) => pid)).toEqual([PIDS.pat, PIDS.pmt]);
    const places = packets.flatMap(({ pid }, i) => (pid === PIDS.pat ? [i] : []));
    expect(places).toHaveLength(16);
    const gaps = places.slice(1).map((place, i) => place - places[i]!);
    expect(Math.max(...gaps)).toBeLessThan((packets.length / 16) * 4);
  });

  it('has a delimiter in front of each picture, and parameter sets in front of the key frame', () => {
    const units = pesOf(packets, PIDS.video);
    const types = units.map(({ payload }) => nalTypes(payload));
    expect(types[0]!.slice(0, 4)).toEqual([9, 7, 8, expect.any(Number)]);
    expect(types[0]).toContain(5);
    for (const [i, list] of types.entries()) {
      expect(list[0]).toBe(9);
      expect(list.filter((type) => type === 9)).toHaveLength(1);
      expect(list.includes(7)).toBe(list.includes(5));
      expect(units[i]!.randomAccess).toBe(i === 0);
    }
  });

  it('has parameter sets in front of its first picture even if that is no key frame', () => {
    const [first, ...others] = pesOf(tsPackets(segments('gst-streamable.mkv', 0)[1]!), PIDS.video);
    expect(nalTypes(first!.payload)).toEqual([9, 7, 8, 1]);
    expect(first!.randomAccess).toBe(false);
    for (const { payload } of others) expect(nalTypes(payload)).toEqual([9, 1]);
  });

  it('tells the program clock with each picture, behind the time at which it is decoded', () => {
    for (const { pcr, dts, pts } of pesOf(packets, PIDS.video)) {
      expect(dts - pcr!).toBe(63_000);
      expect(pts).toBeGreaterThanOrEqual(dts);
    }
    expect(packets.filter(({ pid, pcr }) => pid !== PIDS.video && pcr !== undefined)).toEqual([]);
    const audioOnly = pesOf(tsPackets(segments('aac.mkv', 0)[1]!), PIDS.audio);
    for (const { pcr, dts } of audioOnly) expect(dts - pcr!).toBe(63_000);
  });

  it('shares audio packets between frames without a gap, up to 100 ms', () => {
    for (const { payload } of pesOf(packets, PIDS.audio)) {
      const sizes: number[] = [];
      for (let at = 0; at < payload.length; ) {
        expect([payload[at], payload[at + 1]]).toEqual([0xff, 0xf1]);
        const size = ((payload[at + 3]! & 3) << 11) | (payload[at + 4]! << 3) | (payload[at + 5]! >> 5);
        sizes.push(size);
        at += size;
      }
      expect(sizes.length).toBeGreaterThan(0);
      expect(sizes.length).toBeLessThanOrEqual(4);
    }
  });

  it('names a track that has no frames in this fragment, so that players do not lose it', () => {
    const fragment = fragmentsOf(fixture('h264-aac-gop1s.mkv'))[0]!;
    const [video, audio] = tracksOf(fragment).map(({ config }) => config) as [VideoConfig, AudioConfig];
    const samples = decodeTimes(video, framesOf(fragment, 1), { startMs: 0 });
    const withSilence = tsPackets(
      tsSegment({ video: { config: video, samples }, audio: { config: audio, samples: [] } }),
    );
    const pmt = withSilence.find(({ pid }) => pid === PIDS.pmt)!.payload;
    expect([...pmt.subarray(13, 23)]).toEqual([0x1b, 0xe1, 0x00, 0xf0, 0, 0x0f, 0xe1, 0x01, 0xf0, 0]);
    expect(withSilence.some(({ pid }) => pid === PIDS.audio)).toBe(false);
  });

  it('has in each frame of AAC the channels that no number tells', () => {
    const codecPrivate = hex('12000504040021100d4c61766335392e33372e31303056e500');
    const config = configure({ number: 2, kind: 'audio', codec: 'aac', codecId: 'A_AAC', codecPrivate }) as AudioConfig;
    const samples = decodeTimes(config, [{ data: hex('2100'), key: true, timeNs: 0 }], { startMs: 1000 });
    const [pes] = pesOf(tsPackets(tsSegment({ audio: { config, samples } })), PIDS.audio);
    // The element is that of the private data, as ffmpeg writes it behind its ADTS header: 7, 20 and 2 bytes are 29.
    expect(Buffer.from(pes!.payload).toString('hex')).toBe(
      'fff1500003bffc' + 'a0a0808004220d4c61766335392e33372e313030' + '2100',
    );
  });

  it('is refused for object types that ADTS has not', () => {
    const codecPrivate = hex('f8e84000');
    const config = configure({ number: 2, kind: 'audio', codec: 'aac', codecId: 'A_AAC', codecPrivate }) as AudioConfig;
    expect(() => tsSegment({ audio: { config, samples: [] } })).toThrow('audio object type 39');
  });

  it('is refused for H.265 and G.711', () => {
    const [hevc] = tracksOf(fragmentsOf(fixture('h265-aac-gop1s.mkv'))[0]!);
    expect(() => tsSegment({ video: { config: hevc!.config as VideoConfig, samples: [] } })).toThrow('hevc in MPEG-TS');
    const g711 = tracksOf(fragmentsOf(fixture('h264-mulaw-gop1s.mkv'))[0]!)[1]!.config as AudioConfig;
    expect(() => tsSegment({ audio: { config: g711, samples: [] } })).toThrow('ulaw in MPEG-TS');
    expect(configure(g711.track)).toEqual(g711);
  });
});

/** nal_unit_type of each unit behind a start code. */
function nalTypes(bytes: Uint8Array): number[] {
  return bytes.reduce<number[]>((types, byte, i) => {
    if (byte === 1 && bytes[i - 1] === 0 && bytes[i - 2] === 0) types.push(bytes[i + 1]! & 0x1f);
    return types;
  }, []);
}
