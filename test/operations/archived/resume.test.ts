// A service made from what another one kept: whoever asks for media finds no difference.
import { expect, it } from 'vitest';
import { getClip } from '../../../src/operations/archived/getClip.ts';
import { getMediaForFragmentList } from '../../../src/operations/archived/getMediaForFragmentList.ts';
import { listFragments } from '../../../src/operations/archived/listFragments.ts';
import { getMedia } from '../../../src/operations/media/getMedia.ts';
import { Room } from '../../../src/runtime/room.ts';
import { MemoryPayloadStore } from '../../../src/store/memory/payloads.ts';
import { MemoryRecordStore } from '../../../src/store/memory/records.ts';
import { walkChunks } from '../../support/chunks.ts';
import { piecesOf } from '../../support/fragments.ts';
import type { Bytes } from '../../support/mkv.ts';
import { producerStream } from '../../support/producer.ts';
import { brief } from '../../support/service.ts';
import { carried } from '../control/harness.ts';
import {
  beside,
  bytesOf,
  type Camera,
  mask,
  openDash,
  openHls,
  playlistOf,
  range,
  START,
  startCamera,
  textOf,
} from '../playback/harness.ts';

const HOUR = 3_600_000;

/** Bytes as base64, everything else as JSON has it. */
const asText = (value: unknown): string =>
  JSON.stringify(value, (_key, one) => (one instanceof Uint8Array ? { base64: hash(one) } : one));
const fromText = (text: string) =>
  JSON.parse(text, (_key, one) => (typeof one?.base64 === 'string' ? Buffer.from(one.base64, 'base64') : one));
const hash = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const stores = () => ({
  records: new MemoryRecordStore(),
  payloads: new MemoryPayloadStore(new Room({ capacity: 1 << 30 })),
});
type Stores = ReturnType<typeof stores>;
const shelfOf = ({ payloads }: Stores, { stream }: Pick<Camera, 'stream'>) =>
  payloads.shelf({ arn: stream.record.arn, keyId: () => stream.record.kmsKeyId });

/** What stores hold, through text and into others. */
async function throughText(kept: Stores, camera: Pick<Camera, 'stream'>): Promise<Stores> {
  const copy = { ...stores(), records: carried(kept.records) };
  const [from, to] = [shelfOf(kept, camera), shelfOf(copy, camera)];
  for (const [key, header] of from.headers.entries()) to.headers.put(key, fromText(asText(header)));
  for (const { record, payload } of from.entries()) {
    const draft = to.draft();
    for (const piece of piecesOf(await payload.open())) draft.append(new Uint8Array(piece));
    draft.end();
    const written = await draft.keep(() => fromText(asText(record)));
    expect(written.size).toBe(record.size);
  }
  return copy;
}

const numbersIn = async ({ call }: Camera): Promise<string[]> => {
  const { Fragments } = await call(listFragments, {
    StreamName: 'camera',
    FragmentSelector: { FragmentSelectorType: 'SERVER_TIMESTAMP', TimestampRange: range(0, 10 * HOUR) },
  });
  return Fragments.map(({ FragmentNumber }: { FragmentNumber: string }) => FragmentNumber).sort();
};

/** All that can be had of the media. */
async function everything(camera: Camera): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {};
  const { call, read, stream } = camera;
  const fragments = await numbersIn(camera);
  for (const FragmentSelectorType of ['SERVER_TIMESTAMP', 'PRODUCER_TIMESTAMP']) {
    const selector = { FragmentSelectorType, TimestampRange: range(0, 10 * HOUR) };
    const query = { StreamName: stream.record.name, FragmentSelector: selector };
    answers[`list ${FragmentSelectorType}`] = await call(listFragments, { ...query, MaxResults: 2 });
    const session = await openHls(camera, {
      PlaybackMode: 'ON_DEMAND',
      HLSFragmentSelector: selector,
      DiscontinuityMode: 'ALWAYS',
    });
    answers[`master ${FragmentSelectorType}`] = mask(await textOf(camera, session));
    const playlist = await playlistOf(camera, session);
    answers[`playlist ${FragmentSelectorType}`] = mask(playlist.text);
    expect(playlist.segments.length).toBeGreaterThan(1);
    for (const [at, url] of playlist.segments.entries()) {
      answers[`segment ${at} ${FragmentSelectorType}`] = hash(await bytesOf(camera, url));
    }
    const init = beside(session, `getMP4InitFragment.mp4${new URL(session).search}&TrackNumber=1`);
    answers[`init ${FragmentSelectorType}`] = hash(await bytesOf(camera, init));
    const dash = await openDash(camera, { PlaybackMode: 'ON_DEMAND', DASHFragmentSelector: selector });
    answers[`manifest ${FragmentSelectorType}`] = mask(await textOf(camera, dash));
    const clip = await camera.open(getClip, { ClipFragmentSelector: selector });
    await clip.done();
    answers[`clip ${FragmentSelectorType}`] = hash(clip.bytes());
  }
  answers.fragments = hash(await read(getMediaForFragmentList, { Fragments: fragments }));
  answers.media = hash(await read(getMedia, { StartSelector: { StartSelectorType: 'EARLIEST' } }));
  return answers;
}

/** Fragments of two sessions, some with metadata in front of them. */
async function recorded(retentionHours = 24) {
  const kept = stores();
  const metadata = (fragment: number) => ({ place: `gate ${fragment}` });
  const camera = await startCamera({ retentionHours, stores: kept, stream: { fragments: 12, metadata } });
  await camera.record(3);
  await camera.pause(2);
  await camera.record(3);
  await camera.pause(0);
  return { kept, camera };
}

it('a service on the stores of another answers every question about media with the same bytes', async () => {
  const { kept, camera } = await recorded();
  const there = await throughText(kept, camera);
  expect([...shelfOf(there, camera).headers.entries()]).toHaveLength(2);
  const startTime = camera.clock.now();
  const asked = await everything(camera);
  expect(Object.keys(asked).length).toBeGreaterThan(20);
  for (const stores of [there, kept]) {
    expect(await everything(await startCamera({ stores, startTime }))).toEqual(asked);
  }
  const media = Buffer.from(asked.media as string, 'base64');
  expect(walkChunks(new Uint8Array(media)).map(({ fragmentNumber }) => fragmentNumber)).toEqual(
    await numbersIn(camera),
  );
  for (const text of ['gate 0', 'gate 2', 'gate 7']) expect(media.includes(text)).toBe(true);
});

it('and goes on with it: what is sent to both is numbered, listed and played alike', async () => {
  const { kept, camera } = await recorded();
  const there = await throughText(kept, camera);
  const other = await startCamera({ stores: there, startTime: camera.clock.now() });
  const more: Bytes = producerStream({ fragments: 2, timecode: START + 60_000, audio: true }).bytes;
  const acks = [];
  for (const one of [camera, other]) {
    await one.clock.advance(48_000);
    acks.push(await one.put(more, { FragmentTimecodeType: 'ABSOLUTE', ProducerStartTimestamp: '' }));
  }
  expect(brief(acks[0] as string[]).filter((ack) => ack.startsWith('PERSISTED'))).toHaveLength(2);
  expect(acks[1]).toEqual(acks[0]);
  expect(await everything(other)).toEqual(await everything(camera));
});

it('what has expired in between is gone, and said to have been there', async () => {
  const { kept, camera } = await recorded(1);
  const there = await throughText(kept, camera);
  const all = await numbersIn(camera);
  // The first session's are over, the second's are not.
  await camera.clock.advance(HOUR - (camera.clock.now() - START) + 8000);
  const other = await startCamera({ stores: there, startTime: camera.clock.now() });
  expect(await numbersIn(other)).toEqual(all.slice(3));
  expect([...shelfOf(there, other).entries()].map(({ record }) => record.number).sort()).toEqual(all.slice(3));
  expect([...shelfOf(there, other).headers.entries()]).toHaveLength(1);
  const asked = await everything(camera);
  expect(await everything(other)).toEqual(asked);
  const fragments = { Fragments: all.slice(0, 4) };
  expect(await other.read(getMediaForFragmentList, fragments)).toEqual(
    await camera.read(getMediaForFragmentList, fragments),
  );
});

it('a stream that is going takes its fragments along, whenever the service was started again', async () => {
  const { kept, camera } = await recorded();
  const there = await throughText(kept, camera);
  for (const [key, record] of there.records.streams.entries()) {
    there.records.streams.put(key, {
      ...record,
      status: 'DELETING',
      statusEnds: { at: START + 10 * HOUR, to: 'GONE' },
    });
  }
  const other = await startCamera({ stores: there, startTime: camera.clock.now() });
  expect(other.stream.record.status).toBe('DELETING');
  expect([[...shelfOf(there, camera).entries()], [...shelfOf(there, camera).headers.entries()]]).toEqual([[], []]);
});
