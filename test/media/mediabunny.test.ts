// mediabunny reads the same files as a second opinion; a file that only ffmpeg reads would not do for a browser.
import { describe, expect, it } from 'vitest';
import { concatenate } from '../../src/media/bytes/concatenate.ts';
import { decodeTimes } from '../../src/media/codec/timing.ts';
import { initSegment } from '../../src/media/fmp4/initSegment.ts';
import { mediaSegment } from '../../src/media/fmp4/mediaSegment.ts';
import { type Mp4File, progressiveMp4 } from '../../src/media/fmp4/progressive.ts';
import { tsSegment } from '../../src/media/mpegts/tsSegment.ts';
import type { AudioConfig, VideoConfig } from '../../src/media/sample.ts';
import { finish, type Steps } from '../../src/media/steps.ts';
import { fixture } from '../support/fixtures.ts';
import { fragmentsOf, framesOf, samplesByFragment, tracksOf } from './support/fragments.ts';

const fileOf = (steps: Steps<Mp4File>): Uint8Array => concatenate([...finish(steps).pieces]);

interface Reader {
  Input: new (options: object) => { getTracks(): Promise<{ type: string }[]> };
  BufferSource: new (bytes: Uint8Array) => object;
  ALL_FORMATS: unknown;
  EncodedPacketSink: new (track: object) => { packets(): AsyncIterable<{ timestamp: number; data: Uint8Array }> };
}
/** Not a literal, so that the types hold without the package. */
const PACKAGE: string = 'mediabunny';
const library = (await import(PACKAGE).catch(() => undefined)) as Reader | undefined;
if (library === undefined) console.warn('mediabunny is not installed: its opinion is not asked');

/** Time in seconds and size of each packet, by kind of track. */
async function read(bytes: Uint8Array): Promise<Record<string, { time: number; size: number }[]>> {
  const { Input, BufferSource, ALL_FORMATS, EncodedPacketSink } = library!;
  const tracks = await new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS }).getTracks();
  const found: Record<string, { time: number; size: number }[]> = {};
  for (const track of tracks) {
    const list: { time: number; size: number }[] = [];
    for await (const { timestamp, data } of new EncodedPacketSink(track).packets()) {
      list.push({ time: timestamp, size: data.length });
    }
    found[track.type] = list;
  }
  return found;
}

const NAMES = ['h264-bframes-aac-gop2s.mkv', 'h264-aac-gop1s.mkv', 'gst-streamable.mkv', 'aac.mkv'] as const;

describe.skipIf(library === undefined)('mediabunny', () => {
  it.each(NAMES)('%s: finds all frames at their times in fMP4, MP4 and MPEG-TS', async (name) => {
    const fragments = fragmentsOf(fixture(name));
    const tracks = tracksOf(fragments[0]!).map(({ config }) => ({
      config,
      segments: samplesByFragment(fragments, config, 10_000),
    }));
    const expected = tracks.map(({ config, segments }) => ({
      kind: config.kind,
      times: segments.flat().map(({ pts }) => pts / config.timescale),
      sizes: segments.flat().map(({ data }) => data.length),
    }));
    const zero = Math.min(...expected.flatMap(({ times }) => times));
    const close = (found: { time: number }[] | undefined, times: readonly number[], shift = 0): void => {
      expect(found).toHaveLength(times.length);
      found!.forEach(({ time }, i) => {
        expect(Math.abs(time - (times[i]! - shift))).toBeLessThan(0.0005);
      });
    };
    for (const [i, { config, segments }] of tracks.entries()) {
      const media = segments.map((samples, n) => mediaSegment({ config, sequenceNumber: n, samples }));
      const found = (await read(Buffer.concat([initSegment(config), ...media])))[config.kind];
      close(found, expected[i]!.times);
      expect(found!.map(({ size }) => size)).toEqual(expected[i]!.sizes);
    }
    const clip = fileOf(
      progressiveMp4({
        tracks: tracks.map(({ config, segments }) => ({ config, samples: segments.flat() })),
        creationTime: 0,
      }),
    );
    const inClip = await read(clip);
    for (const { kind, times } of expected) close(inClip[kind], times, zero);

    const video = tracks.find(({ config }) => config.kind === 'video')?.config as VideoConfig | undefined;
    const audio = tracks.find(({ config }) => config.kind === 'audio')?.config as AudioConfig | undefined;
    const ts = fragments.map((one) => {
      const samples = (config: VideoConfig | AudioConfig) =>
        decodeTimes(config, framesOf(one, config.track.number), { startMs: 10_000 + one.timeMs });
      return tsSegment({
        ...(video && { video: { config: video, samples: samples(video) } }),
        ...(audio && { audio: { config: audio, samples: samples(audio) } }),
      });
    });
    const inTs = await read(Buffer.concat(ts));
    for (const { kind, times } of expected) close(inTs[kind], times);
  });
});
