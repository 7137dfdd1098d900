// Frames of a long recording lie where its source has them, at the end as at the beginning.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Packet, packetsOf } from '../../media/support/judge.ts';
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
import { expectTimes, type Kind, TOLERANCE_MS, type Written, write, ZERO } from './decoded.ts';
import { beside, bytesOf, openDash, textOf } from './harness.ts';
import { WAYS } from './outputs.ts';

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
  return { header: concat(ebmlHeader(), openMaster(ID.Segment, 'unknown8'), info(), header), clusters, times };
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

type Packets = Readonly<Record<Kind, readonly Packet[]>>;
const packetsIn = (written: Written): Packets => ({
  v: packetsOf(written.v as string, 'video'),
  a: packetsOf(written.a as string, 'audio'),
});
const shownIn = ({ v, a }: Packets) => ({ v: v.map(({ pts }) => pts * 1000), a: a.map(({ pts }) => pts * 1000) });

/**
 * With B-frames, pictures are decoded at the times at which they are shown, put in order, but some time earlier: as much
 * earlier in the last fragment as in the first.
 */
function expectDecodedInTime({ v }: Packets, shown: readonly number[], toleranceMs: number, what: string): void {
  const decoded = v.map(({ dts }) => dts * 1000);
  const inOrder = shown.toSorted((one, other) => one - other);
  expectTimes(decoded, inOrder, (decoded[0] as number) - (inOrder[0] as number), toleranceMs, `${what}: decoding`);
}

describeWith(['ffprobe'], `a recording of ${FRAGMENTS} fragments`, () => {
  it.each(Object.entries(CLOCKS))('with %s does not drift, in any output', async (_clocks, clocks) => {
    const { header, clusters, times } = longRecording(clocks);
    const service = startService();
    const body = concat(header, ...clusters);
    const acks = brief(await service.put(body, { ProducerStartTimestamp: String(START / 1000) }));
    expect(acks.filter((ack) => ack.startsWith('PERSISTED')).length).toBe(FRAGMENTS);
    for (const output of WAYS) {
      const packets = packetsIn(await write(service, output, ['v', 'a'], scratchFolder()));
      const shown = shownIn(packets);
      const zero = ZERO[output](times, shown);
      for (const kind of ['v', 'a'] as const) {
        expectTimes(shown[kind], times[kind], zero, TOLERANCE_MS[kind], `${output} ${kind}`);
      }
      expectDecodedInTime(packets, times.v, TOLERANCE_MS.v, output);
    }
  });

  it.each(Object.entries(CLOCKS))('with %s does not drift in DASH while it is sent', async (_clocks, clocks) => {
    const { header, clusters, times } = longRecording(clocks);
    const service = startService();
    const session = await service.openPut({ ProducerStartTimestamp: String(START / 1000) });
    const [first, second, ...others] = clusters as [Bytes, Bytes];
    await session.send(header, first, second);
    const url = await openDash(service, { DASHFragmentSelector: { FragmentSelectorType: 'PRODUCER_TIMESTAMP' } });
    for (const next of others) {
      // Each fragment is listed before the next one is known.
      await textOf(service, url);
      await session.send(next);
    }
    await session.end();
    await textOf(service, url);
    const folder = scratchFolder();
    const save = async (track: number): Promise<string> => {
      const get = (name: string, query: string) =>
        bytesOf(service, beside(url, `${name}${new URL(url).search}&TrackNumber=${track}${query}`));
      const init = await get('getMP4InitFragment.mp4', '');
      const media = clusters.map((_, at) => get('getMP4MediaFragment.mp4', `&FragmentNumber=${at + 1}`));
      const path = join(folder, `${track}.mp4`);
      writeFileSync(path, concat(init, ...(await Promise.all(media))));
      return path;
    };
    const packets = packetsIn({ v: await save(1), a: await save(2) });
    const shown = shownIn(packets);
    const zero = ZERO.DASH(times, shown);
    for (const kind of ['v', 'a'] as const) expectTimes(shown[kind], times[kind], zero, TOLERANCE_MS[kind], kind);
    // Where a fragment ends has to be said before the next one begins: to the millisecond.
    expectDecodedInTime(packets, times.v, 1 + TOLERANCE_MS.v, 'DASH');
  });
});
