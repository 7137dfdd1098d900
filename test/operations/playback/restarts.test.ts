// A producer that stops and starts again, and one that begins a new document: both recordings are played, each frame at
// its time.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Fixture, fixture } from '../../support/fixtures.ts';
import { ID } from '../../support/ids.ts';
import { type Bytes, cluster, concat, openMaster } from '../../support/mkv.ts';
import { describeWith, scratchFolder } from '../../support/programs.ts';
import { type Service, START, startService } from '../../support/service.ts';
import { type Document, type Element, walk } from '../../support/walk.ts';
import { type Decoded, decode, expectFrames, type Frames, timesOf, write, ZERO } from './decoded.ts';
import { openHls, playlistOf, range, shownDate } from './harness.ts';
import { WAYS, type Way } from './outputs.ts';

/** One document that has the file's Clusters again at each of the times, in ms. */
function clustersAt(file: Bytes, ...times: readonly number[]): Bytes {
  const [{ ebml, segment, clusters }] = walk(file) as [Document];
  const header = segment.children.filter(({ id }) => id === ID.Info || id === ID.Tracks);
  const moved = times.flatMap((ms) =>
    clusters.map(({ timecode, element }) => {
      const blocks = element.children.filter(({ id }) => id === ID.SimpleBlock || id === ID.BlockGroup);
      return cluster({ timecode: timecode + BigInt(ms) }, bytesOf(blocks));
    }),
  );
  return concat(ebml.bytes, openMaster(ID.Segment, 'unknown8'), ...bytesOf(header), ...moved);
}
const bytesOf = (elements: readonly Element[]): Bytes[] => elements.map(({ bytes }) => bytes);

const send = (service: Service, body: Bytes, at = START) =>
  service.put(body, { ProducerStartTimestamp: String(at / 1000) });
/** How a producer sends the same recording twice, the second time `ms` later. */
const SENDINGS = {
  'in two sessions': async (service: Service, body: Bytes, ms: number) => {
    await send(service, body);
    await send(service, body, START + ms);
  },
  'as two documents of one body': (service: Service, body: Bytes, ms: number) =>
    send(service, concat(body, clustersAt(body, ms))),
} as const;
type Sending = keyof typeof SENDINGS;

/** Of each recording: how long it is, and how much later one begins that follows on, in ms. */
const RECORDINGS = {
  // Sound lasts from 0 to 4032, pictures from 21 to 4021.
  'h264-aac-gop1s.mkv': { length: 4032, next: 4031 },
  // Pictures last from 0 to 6000, sound from 59 to 6011.
  'h264-bframes-aac-gop2s.mkv': { length: 6000, next: 6000 },
} as const;
type Recording = keyof typeof RECORDINGS & Fixture;

/** When the second begins, counted from where it would follow on, in ms; and if that shows. */
const RETURNS = {
  'at once': { late: 0, breaks: false },
  'after a minute': { late: 60_000, breaks: true },
  'half a second too early': { late: -500, breaks: true },
} as const;
type Return = keyof typeof RETURNS;

const keys = <Key extends string>(of: Readonly<Record<Key, unknown>>) => Object.keys(of) as Key[];
const CASES = keys(RECORDINGS).flatMap((name) =>
  keys(SENDINGS).flatMap((way) => keys(RETURNS).map((returns) => ({ name, way, returns }))),
);

async function recorded({ name, way, returns }: { name: Recording; way: Sending; returns: Return }) {
  const service = startService();
  const after = RECORDINGS[name].next + RETURNS[returns].late;
  await SENDINGS[way](service, fixture(name), after);
  return { service, after };
}

/** Where both recordings are decoded from one document, the second begins so much later. */
const APART_MS = 10_000;
interface Decodings {
  readonly first: Frames;
  readonly second: Frames;
}
async function decodeTwice(name: Recording): Promise<Decodings> {
  const path = join(scratchFolder(), 'source.mkv');
  writeFileSync(path, clustersAt(fixture(name), 0, APART_MS));
  return halves(await decode({ v: path, a: path }));
}
const decoded = new Map<Recording, Promise<Decodings>>();
/** The frames of both recordings, decoded in a row as those of the outputs are: a decoder of sound remembers. */
function sourceFrames(name: Recording): Promise<Decodings> {
  const found = decoded.get(name) ?? decodeTwice(name);
  decoded.set(name, found);
  return found;
}
function halves({ v = [], a = [] }: Frames): Decodings {
  const half = (of: (frames: readonly Decoded[]) => readonly Decoded[]): Frames => ({ v: of(v), a: of(a) });
  return {
    first: half((frames) => frames.slice(0, frames.length / 2)),
    second: half((frames) => frames.slice(frames.length / 2)),
  };
}

/** Outputs whose timeline has no gaps. */
const CLOSED: readonly Way[] = ['DASH', 'GetClip'];
const DECODED = CASES.flatMap((one) =>
  WAYS
    // HLS tells an overlap as it is; ffmpeg does not follow times that go back within a file.
    .filter((output) => CLOSED.includes(output) || RETURNS[one.returns].late >= 0)
    .map((output) => [`${one.returns}, ${one.way}: ${output} of ${one.name}`, { ...one, output }] as const),
);

describeWith(['ffmpeg'], 'all frames of a recording and the same again, at their times', () => {
  it.each(DECODED)('%s', async (_title, { output, ...one }) => {
    const { service, after } = await recorded(one);
    const ours = halves(await decode(await write(service, output, ['v', 'a'], scratchFolder())));
    const source = await sourceFrames(one.name);
    const zero = ZERO[output](timesOf(source.first), timesOf(ours.first));
    const closedUp = CLOSED.includes(output) && RETURNS[one.returns].breaks;
    const distance = closedUp ? RECORDINGS[one.name].length : after;
    expectFrames(ours.first, source.first, zero, 'the first');
    expectFrames(ours.second, source.second, zero + distance - APART_MS, 'the second');
  });
});

/** Which entries of each kind of playlist stand behind a break, if one between the recordings shows. */
const MARKED: Readonly<Record<string, (entry: number, second: number, breaks: boolean) => boolean>> = {
  ALWAYS: () => true,
  NEVER: () => false,
  ON_DISCONTINUITY: (entry, second, breaks) => breaks && entry === second,
};
const PLAYLISTS = CASES.flatMap((one) =>
  Object.keys(MARKED).flatMap((mode) =>
    ['FRAGMENTED_MP4', 'MPEG_TS'].map((container) => {
      const title = `${one.returns}, ${one.way}: ${container} with breaks ${mode}, of ${one.name}`;
      return [title, { ...one, mode, container }] as const;
    }),
  ),
);

describe('the playlist of a recording and the same again', () => {
  it.each(PLAYLISTS)('%s', async (_title, { mode, container, ...one }) => {
    const { service, after } = await recorded(one);
    const first = walk(fixture(one.name)).flatMap(({ clusters }) => clusters.map(({ timecode }) => Number(timecode)));
    const expected = [...first, ...first.map((timecode) => timecode + after)].map((timecode, entry) => ({
      date: shownDate(START + timecode),
      marked: MARKED[mode]?.(entry, first.length, RETURNS[one.returns].breaks),
    }));
    const url = await openHls(service, {
      PlaybackMode: 'ON_DEMAND',
      HLSFragmentSelector: { FragmentSelectorType: 'PRODUCER_TIMESTAMP', TimestampRange: range(0, 600_000) },
      DisplayFragmentTimestamp: 'ALWAYS',
      DiscontinuityMode: mode,
      ContainerFormat: container,
    });
    const { text } = await playlistOf(service, url);
    const heads = text.split('#EXTINF').slice(0, -1);
    const entries = heads.map((head) => ({
      date: /^#EXT-X-PROGRAM-DATE-TIME:(.+)$/m.exec(head)?.[1],
      marked: /^#EXT-X-DISCONTINUITY$/m.test(head),
    }));
    expect(entries).toEqual(expected);
  });
});
