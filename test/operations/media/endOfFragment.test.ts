import { describe, expect, it } from 'vitest';
import { getMediaForFragmentList } from '../../../src/operations/archived/getMediaForFragmentList.ts';
import { listFragments } from '../../../src/operations/archived/listFragments.ts';
import { getMedia } from '../../../src/operations/media/getMedia.ts';
import { type Chunk, walkChunks } from '../../support/chunks.ts';
import { ID } from '../../support/ids.ts';
import { type Bytes, concat, element, tags, utf8, voidElement, withCrc } from '../../support/mkv.ts';
import { END_OF_FRAGMENT, producerStream, producerTag } from '../../support/producer.ts';
import { brief, type Service, settle, startService } from '../../support/service.ts';

const EARLIEST = { StartSelector: { StartSelectorType: 'EARLIEST' } };
const RANGE = { FragmentSelectorType: 'SERVER_TIMESTAMP', TimestampRange: { StartTimestamp: 0, EndTimestamp: 4e9 } };
const { header, fragments } = producerStream({ fragments: 2, endOfFragment: 'never' });
const [first, second] = fragments.map(({ cluster }) => cluster) as [Bytes, Bytes];
const end = producerTag(END_OF_FRAGMENT, '');
const simple = (name: string, value: string, width = {}): Bytes =>
  element(ID.SimpleTag, [utf8(ID.TagName, name, width), utf8(ID.TagString, value, width)], width);
const tag = (...parts: Bytes[]): Bytes => element(ID.Tag, parts);

interface Kept {
  readonly chunks: readonly Chunk[];
  readonly sizes: readonly number[];
}

/** What both ways of reading give of all that is there, which must be the same. */
async function kept(service: Service): Promise<Kept> {
  const { Fragments } = await service.call(listFragments, { StreamName: 'camera', FragmentSelector: RANGE });
  const list = (Fragments as { FragmentNumber: string; FragmentSizeInBytes: number }[]).toSorted((a, b) =>
    a.FragmentNumber < b.FragmentNumber ? -1 : 1,
  );
  const numbers = list.map(({ FragmentNumber }) => FragmentNumber);
  const archived = await service.read(getMediaForFragmentList, { Fragments: numbers });
  const chunks = walkChunks(await service.read(getMedia, EARLIEST));
  expect(walkChunks(archived, 'absent').map(partsOf)).toEqual(chunks.map(partsOf));
  return { chunks, sizes: list.map(({ FragmentSizeInBytes }) => FragmentSizeInBytes) };
}
const partsOf = ({ header, headerTags, cluster, trailing }: Chunk) => {
  return { header, headerTags, cluster: cluster.element.bytes, trailing };
};

async function put(...body: Bytes[]): Promise<Kept> {
  const service = startService();
  const acks = brief(await service.put(concat(...body)));
  expect(acks.filter((ack) => ack.startsWith('ERROR'))).toEqual([]);
  return kept(service);
}

describe('END_OF_FRAGMENT is no part of what is kept', () => {
  it("behind a producer's metadata, which stays byte for byte", async () => {
    const items = Array.from({ length: 9 }, (_, index) => producerTag(`item ${index}`, index === 3 ? '' : 'value'));
    const { chunks, sizes } = await put(header, first, ...items, end, second, ...items.toReversed(), end);
    expect(chunks.map(({ trailing }) => trailing)).toEqual([concat(...items), concat(...items.toReversed())]);
    expect(chunks.map(({ headerTags }) => headerTags)).toEqual([[], []]);
    expect(sizes).toEqual([first, second].map((cluster) => cluster.length + concat(...items).length));
  });

  it('behind nothing but the frames', async () => {
    const { chunks, sizes } = await put(header, first, end, second, end);
    expect(chunks.map(({ trailing }) => trailing.length)).toEqual([0, 0]);
    expect(sizes).toEqual([first.length, second.length]);
  });

  it("in one element with the user's tags, which stay in their order", async () => {
    const width = { sizeWidth: 2 };
    const one = (name: string, value: string) => element(ID.Tag, [simple(name, value, width)], width);
    const shared = (...parts: Bytes[]) => element(ID.Tags, parts, width);
    const [a, b, last] = [one('a', '1'), one('b', '2'), one(END_OF_FRAGMENT, '')];
    const { chunks, sizes } = await put(header, first, shared(a, b, last), second, shared(last));
    expect(chunks.map(({ trailing }) => trailing)).toEqual([shared(a, b), new Uint8Array()]);
    expect(sizes).toEqual([first.length + shared(a, b).length, second.length]);
  });

  it.each<[string, Bytes, Bytes]>([
    ['in the middle', tags([...pairs('a'), [END_OF_FRAGMENT, ''], ...pairs('b')]), tags(pairs('a', 'b'))],
    ['in a Tag with a target', element(ID.Tags, [tag(element(ID.Targets, []), simple(END_OF_FRAGMENT, ''))]), concat()],
    ['with a checksum', element(ID.Tags, withCrc([tag(simple(END_OF_FRAGMENT, ''))])), concat()],
    [
      'under a checksum that no longer fits',
      element(ID.Tags, withCrc([tag(simple('a', '')), tag(simple(END_OF_FRAGMENT, ''))])),
      element(ID.Tags, [tag(simple('a', ''))]),
    ],
    ['with padding', element(ID.Tags, [voidElement(9), tag(simple(END_OF_FRAGMENT, ''))]), concat()],
    ['padded with NULs', tags([[`${END_OF_FRAGMENT}\0\0`, '\0']]), concat()],
    ['with a value', tags([[END_OF_FRAGMENT, '1']]), concat()],
    ['said twice', tags([...pairs('a'), [END_OF_FRAGMENT, ''], [END_OF_FRAGMENT, '']]), tags(pairs('a'))],
  ])('%s, and ends the fragment at once', async (_, sent, left) => {
    const service = startService();
    const session = await service.openPut();
    await session.send(header, first, sent);
    expect(brief(session.acks)).toEqual(['BUFFERING 0', 'RECEIVED 0', 'PERSISTED 0']);
    await session.end();
    const { chunks, sizes } = await kept(service);
    expect(chunks[0]?.trailing).toEqual(left);
    expect(sizes).toEqual([first.length + left.length]);
  });

  it('where no fragment is open', async () => {
    const place = producerTag('place', 'door');
    const inHeader = concat(header, producerTag('camera', '1'), end);
    const { chunks, sizes } = await put(inHeader, first, end, end, place, tags([[END_OF_FRAGMENT, '']]), second);
    expect(chunks.map(({ headerTags }) => headerTags)).toEqual([[['camera', '1']], [['place', 'door']]]);
    expect(chunks.map(({ trailing }) => trailing.length)).toEqual([0, 0]);
    expect(sizes).toEqual([first.length, second.length]);
  });
});

function pairs(...names: string[]): [string, string][] {
  return names.map((name) => [name, '1']);
}

describe('metadata', () => {
  it("of the service's other names stays as it is", async () => {
    const image = tags([...pairs('AWS_KINESISVIDEO_IMAGE_GENERATION', 'AWS_KINESISVIDEO_IMAGE_PREFIX')]);
    const notification = tags([['AWS_KINESISVIDEO_NOTIFICATION', ''], ...pairs('user')], { sizeWidth: 8 });
    const { chunks } = await put(header, first, image, notification, end);
    expect(chunks[0]?.trailing).toEqual(concat(image, notification));
  });

  it.each([24, 0])(
    'reaches a reader at the live edge when it is whole, and not a byte of it before (%i h)',
    async (hours) => {
      const service = startService({ retentionHours: hours });
      const session = await service.openPut();
      await session.send(header, first);
      const reader = await service.open(getMedia, EARLIEST);
      const atFrames = reader.bytes();
      const user = producerTag('user', 'value');
      const shared = tags([...pairs('a'), [END_OF_FRAGMENT, '']]);
      for (const byte of user.subarray(0, -1)) {
        await session.send(Uint8Array.of(byte));
        expect(reader.bytes().length).toBe(atFrames.length);
      }
      await session.send(user.subarray(-1));
      expect(reader.bytes()).toEqual(concat(atFrames, user));
      await session.send(shared.subarray(0, 40));
      expect(reader.bytes().length).toBe(atFrames.length + user.length);
      await session.send(shared.subarray(40));
      await settle();
      expect(walkChunks(reader.bytes())[0]?.trailing).toEqual(concat(user, tags(pairs('a'))));
      await session.send(second, end.subarray(0, 20));
      await session.send(end.subarray(20));
      await session.end();
      expect(walkChunks(reader.bytes()).map(({ trailing }) => trailing.length)).toEqual([
        user.length + tags(pairs('a')).length,
        0,
      ]);
      reader.leave();
      await reader.done();
    },
  );
});
