// Frames of a long recording lie where its source has them, at the end as at the beginning.
import { expect, it } from 'vitest';
import { packetsOf } from '../../media/support/judge.ts';
import { fixture } from '../../support/fixtures.ts';
import { ID } from '../../support/ids.ts';
import {
  type Bytes,
  cluster,
  concat,
  ebmlHeader,
  hex,
  info,
  openMaster,
  simpleBlock,
  tracks,
} from '../../support/mkv.ts';
import { describeWith, scratchFolder } from '../../support/programs.ts';
import { brief, START, startService } from '../../support/service.ts';
import { type Cluster, type Document, walk } from '../../support/walk.ts';
import { expectTimes, type Kind, OUTPUTS, type Output, ZERO } from './decoded.ts';

/** As many as GetClip takes. */
const FRAGMENTS = 200;
const SAMPLES = 1024;
/** AudioSpecificConfig of AAC-LC with one channel. */
const AAC = { 44100: hex('1208'), 48000: hex('1188') };

interface Clocks {
  readonly framesPerSecond: number;
  readonly sampleRate: keyof typeof AAC;
  /** Samples that really come in a second where sampleRate promises another number: no crystal is exact. */
  readonly samplesPerSecond?: number;
  /** How the muxer makes whole milliseconds. */
  readonly toMs: (ms: number) => number;
}

const [MODEL] = walk(fixture('h264-bframes-aac-1080p.mkv')) as [Document];
const GROUP = (MODEL.clusters[1] as Cluster).frames;
const PICTURES = GROUP.filter(({ track }) => track === 1);
const SOUND = GROUP.filter(({ track }) => track === 2);
/** Of each picture in a group: its place in the order in which they are shown. */
const PLACES = PICTURES.map(({ time }) => PICTURES.filter((other) => other.time < time).length);

/** One group of pictures after the other, with the sound that belongs to it, and the times of all in ms. */
function longRecording({ framesPerSecond, sampleRate, samplesPerSecond = sampleRate, toMs }: Clocks) {
  const times: Record<Kind, number[]> = { v: [], a: [] };
  const pictureAt = (index: number): number => toMs((index * 1000) / framesPerSecond);
  const soundAt = (index: number): number => (index * SAMPLES * 1000) / samplesPerSecond;
  // Pictures come first, so that they begin all outputs.
  let heard = 2;
  const clusters = Array.from({ length: FRAGMENTS }, (_, n): Bytes => {
    const first = n * PICTURES.length;
    const timecode = pictureAt(first);
    const pictures = PICTURES.map(({ data, key }, index) => {
      const time = pictureAt(first + (PLACES[index] as number));
      times.v.push(time);
      return simpleBlock({ track: 1, time: time - timecode, key, data });
    });
    const sound: Bytes[] = [];
    for (; soundAt(heard) < pictureAt(first + PICTURES.length); heard++) {
      const time = toMs(soundAt(heard));
      times.a.push(time);
      const { data } = SOUND[heard % SOUND.length] as (typeof SOUND)[number];
      sound.push(simpleBlock({ track: 2, time: time - timecode, key: true, data }));
    }
    return cluster({ timecode }, [...pictures, ...sound]);
  });
  const header = tracks([
    { number: 1, codecPrivate: MODEL.tracks[0]?.codecPrivate as Bytes },
    { number: 2, type: 'audio', codecPrivate: AAC[sampleRate] },
  ]);
  return { bytes: concat(ebmlHeader(), openMaster(ID.Segment, 'unknown8'), info(), header, ...clusters), times };
}

const CLOCKS: Readonly<Record<string, Clocks>> = {
  '24000/1001 pictures and 44.1 kHz': { framesPerSecond: 24_000 / 1001, sampleRate: 44_100, toMs: Math.round },
  '30000/1001 pictures and 48 kHz, cut to ms': {
    framesPerSecond: 30_000 / 1001,
    sampleRate: 48_000,
    toMs: Math.floor,
  },
  'sound that is slow by 100 ppm': {
    framesPerSecond: 30_000 / 1001,
    sampleRate: 44_100,
    samplesPerSecond: 44_095.59,
    toMs: Math.round,
  },
  'sound that is fast by 100 ppm, cut to ms': {
    framesPerSecond: 25,
    sampleRate: 48_000,
    samplesPerSecond: 48_004.8,
    toMs: Math.floor,
  },
};

describeWith(['ffprobe'], `a recording of ${FRAGMENTS} fragments`, () => {
  it.each(Object.entries(CLOCKS))('with %s does not drift, in any output', async (_clocks, clocks) => {
    const { bytes, times } = longRecording(clocks);
    const service = startService();
    const acks = brief(await service.put(bytes, { ProducerStartTimestamp: String(START / 1000) }));
    expect(acks.filter((ack) => ack.startsWith('PERSISTED')).length).toBe(FRAGMENTS);
    for (const output of Object.keys(OUTPUTS) as Output[]) {
      const written = await OUTPUTS[output](service, ['v', 'a'], scratchFolder());
      const packets = {
        v: packetsOf(written.v as string, 'video'),
        a: packetsOf(written.a as string, 'audio'),
      };
      const shown = { v: packets.v.map(({ pts }) => pts * 1000), a: packets.a.map(({ pts }) => pts * 1000) };
      const zero = ZERO[output](times, shown);
      for (const kind of ['v', 'a'] as const) expectTimes(kind, shown[kind], times[kind], zero, output);
      // With B-frames, pictures are decoded at the times at which they are shown, put in order, but some time earlier.
      const decoded = packets.v.map(({ dts }) => dts * 1000);
      const inOrder = times.v.toSorted((one, other) => one - other);
      const lead = (decoded[0] as number) - (inOrder[0] as number);
      expectTimes('v', decoded, inOrder, lead, `${output}: decoding`);
    }
  });
});
