// A store that fails while it is read, and what callers are told of each kind of failure.
import { describe, expect, it } from 'vitest';
import { StoreError, type StoreErrorKind } from '../../../src/domain/ports.ts';
import { getClip } from '../../../src/operations/archived/getClip.ts';
import { getImages } from '../../../src/operations/archived/getImages.ts';
import { getMediaForFragmentList } from '../../../src/operations/archived/getMediaForFragmentList.ts';
import { listFragments } from '../../../src/operations/archived/listFragments.ts';
import { createStream } from '../../../src/operations/control/createStream.ts';
import { tagStream } from '../../../src/operations/control/tagStream.ts';
import { getMedia } from '../../../src/operations/media/getMedia.ts';
import { Room } from '../../../src/runtime/room.ts';
import { MemoryRecordStore } from '../../../src/store/memory/records.ts';
import { walkChunks } from '../../support/chunks.ts';
import { SlowStore } from '../../support/fragments.ts';
import { bytesOf, type Camera, openHls, playlistOf, range, START, startCamera } from '../playback/harness.ts';

const SELECTOR = { FragmentSelectorType: 'SERVER_TIMESTAMP', TimestampRange: range(0, 20_000) };
const EARLIEST = { StartSelector: { StartSelectorType: 'EARLIEST' } };
const ON_DEMAND = { PlaybackMode: 'ON_DEMAND', HLSFragmentSelector: SELECTOR };

/** Four fragments, and holes in the store for those that are named by their places. */
async function startWithHoles() {
  const payloads = new SlowStore(new Room({ capacity: 1 << 30 }));
  const camera = await startCamera({ stores: { payloads } });
  await camera.record(4);
  const numbers = await numbersIn(camera);
  return {
    ...camera,
    numbers,
    fail(kind: StoreErrorKind, ...places: number[]): void {
      for (const place of places) payloads.holes.set(numbers[place] as string, new StoreError(kind, 'a bad sector'));
    },
  };
}

const numbersIn = async ({ call }: Pick<Camera, 'call'>): Promise<string[]> => {
  const { Fragments } = await call(listFragments, { StreamName: 'camera', FragmentSelector: SELECTOR });
  return Fragments.map(({ FragmentNumber }: { FragmentNumber: string }) => FragmentNumber).sort();
};
const linesOf = ({ warnings }: Pick<Camera, 'warnings'>, text: string): string[] =>
  warnings.filter((line) => line.includes(text));
const LEFT_OUT = 'A fragment cannot be read any more, and is left out.';

describe('a fragment that cannot be read any more', () => {
  it('is left out of a playlist, and gone from then on, as a line in the log says once', async () => {
    const camera = await startWithHoles();
    camera.fail('unreadable', 1);
    const { fragments } = await playlistOf(camera, await openHls(camera, ON_DEMAND));
    expect(fragments).toEqual([0, 2, 3]);
    await playlistOf(camera, await openHls(camera, ON_DEMAND));
    expect(linesOf(camera, LEFT_OUT)).toHaveLength(1);
    expect(camera.warnings.join()).toContain(camera.numbers[1]);
    expect(await numbersIn(camera)).toEqual([0, 2, 3].map((place) => camera.numbers[place]));
  });

  it('and was listed before is not found when its segment is fetched', async () => {
    const camera = await startWithHoles();
    const { segments } = await playlistOf(camera, await openHls(camera, ON_DEMAND));
    camera.fail('unreadable', 1);
    await expect(bytesOf(camera, segments[1] as string)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    expect(await bytesOf(camera, segments[2] as string)).not.toHaveLength(0);
  });

  it('is an error document in the place of its media where it is asked for by its number', async () => {
    const camera = await startWithHoles();
    camera.fail('unreadable', 1);
    const asked = { Fragments: camera.numbers.slice(0, 3) };
    const first = await camera.read(getMediaForFragmentList, asked);
    expect(Buffer.from(first).includes('FRAGMENT_NOT_FOUND')).toBe(true);
    for (const place of [0, 2]) expect(Buffer.from(first).includes(camera.numbers[place] as string)).toBe(true);
    expect(await camera.read(getMediaForFragmentList, asked)).toEqual(first);
  });

  it('is passed over by GetMedia', async () => {
    const camera = await startWithHoles();
    camera.fail('unreadable', 0, 2);
    const chunks = walkChunks(await camera.read(getMedia, EARLIEST));
    expect(chunks.map(({ fragmentNumber }) => fragmentNumber)).toEqual([camera.numbers[1], camera.numbers[3]]);
  });

  it('is left out of a clip, of which there is none if all are', async () => {
    const camera = await startWithHoles();
    const clip = () => camera.read(getClip, { ClipFragmentSelector: SELECTOR });
    const whole = await clip();
    camera.fail('unreadable', 1);
    expect((await clip()).length).toBeLessThan(whole.length);
    camera.fail('unreadable', 0, 2, 3);
    await expect(clip()).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    expect(await numbersIn(camera)).toEqual([]);
  });

  it('gives back what it took', async () => {
    const camera = await startWithHoles();
    const before = camera.room.usage().used;
    camera.fail('unreadable', 0, 1, 2, 3);
    await camera.read(getMedia, EARLIEST);
    expect(camera.room.usage().used).toBeLessThan(before - 4 * 2048);
  });
});

describe.each(['broken', 'sealed'] as const)('a fragment whose store is %s', (kind) => {
  const failed = { status: 500, code: 'InternalFailure' };

  it('fails whoever asks for it, and is there again when the store is', async () => {
    const camera = await startWithHoles();
    const { segments } = await playlistOf(camera, await openHls(camera, ON_DEMAND));
    camera.fail(kind, 1);
    await expect(bytesOf(camera, segments[1] as string)).rejects.toMatchObject(failed);
    await expect(camera.read(getClip, { ClipFragmentSelector: SELECTOR })).rejects.toMatchObject(failed);
    const images = { ImageSelectorType: 'SERVER_TIMESTAMP', SamplingInterval: 2000, Format: 'JPEG', ...range(0, 8000) };
    const asked = camera.call(getImages, { StreamName: 'camera', ...images });
    await expect(asked).rejects.toMatchObject(failed);
    expect(await numbersIn(camera)).toEqual(camera.numbers);
    camera.fail('unreadable', 1);
    expect(linesOf(camera, LEFT_OUT)).toEqual([]);
  });

  it('fails a session that would look into it first', async () => {
    const camera = await startWithHoles();
    camera.fail(kind, 0);
    await expect(openHls(camera, ON_DEMAND)).rejects.toMatchObject(failed);
  });
});

describe('a store of records that cannot keep one', () => {
  it.each([
    ['full', { status: 503, code: 'ServiceUnavailable' }],
    ['broken', { status: 500, code: 'InternalFailure' }],
  ] as const)('and is %s fails the call, of which nothing is left', async (kind, refusal) => {
    const records = new MemoryRecordStore();
    const camera = await startCamera({ stores: { records }, startTime: START });
    const put = records.streams.put.bind(records.streams);
    records.streams.put = () => {
      throw new StoreError(kind, 'no');
    };
    await expect(camera.call(createStream, { StreamName: 'other' })).rejects.toMatchObject(refusal);
    const tagged = camera.call(tagStream, { StreamName: 'camera', Tags: { a: 'b' } });
    await expect(tagged).rejects.toMatchObject(refusal);
    records.streams.put = put;
    await camera.call(createStream, { StreamName: 'other' });
    expect(camera.stream.record.tags).toEqual([]);
  });
});
