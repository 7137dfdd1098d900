import { describe, expect, it } from 'vitest';
import { MatroskaError } from '../../../src/media/matroska/error.ts';
import { parseTags, writeTags } from '../../../src/media/matroska/tags.ts';
import { ID } from '../../support/ids.ts';
import { type Bytes, claim, concat, element, hex, tags, text, uint, utf8, voidElement } from '../../support/mkv.ts';
import { END_OF_FRAGMENT, producerTag } from '../../support/producer.ts';
import { payload, walk } from '../../support/walk.ts';

/** The content of a Tags element: what is behind its id and size. */
const contentOf = (bytes: Bytes, sizeWidth = 1): Bytes => bytes.subarray(4 + sizeWidth);
const parse = (...simpleTags: Bytes[]) => parseTags(element(ID.Tag, simpleTags), 0);
const simple = (...parts: Bytes[]): Bytes => element(ID.SimpleTag, parts);

describe('parseTags', () => {
  it('finds names and values in order, in whatever widths', () => {
    for (const sizeWidth of [2, 4, 8]) {
      const bytes = tags({ a: '1', b: '', ü: 'größer' }, { sizeWidth });
      expect(parseTags(contentOf(bytes, sizeWidth), 0)).toEqual([
        { name: 'a', value: '1', nameSize: 1, valueSize: 1, targeted: false },
        { name: 'b', value: '', nameSize: 1, valueSize: 0, targeted: false },
        { name: 'ü', value: 'größer', nameSize: 2, valueSize: 8, targeted: false },
      ]);
    }
  });

  it("knows END_OF_FRAGMENT as the C producer's bytes have it", () => {
    const bytes = producerTag(END_OF_FRAGMENT, '');
    expect(Buffer.from(bytes.subarray(-10)).toString('hex')).toBe('44870100000000000000');
    expect(parseTags(contentOf(bytes, 8), 0)).toMatchObject([{ name: END_OF_FRAGMENT, value: '' }]);
  });

  it('takes the NULs off strings that are padded, but counts them', () => {
    const [tag] = parse(simple(utf8(ID.TagName, 'name\0\0\0'), utf8(ID.TagString, 'v\0')));
    expect(tag).toEqual({ name: 'name', value: 'v', nameSize: 7, valueSize: 2, targeted: false });
  });

  it('says which tags describe a track', () => {
    const of = (bytes: Bytes) => parseTags(contentOf(bytes), 0).map(({ targeted }) => targeted);
    expect(of(tags({ a: '' }, { targets: { trackUid: 7 } }))).toEqual([true]);
    expect(of(tags({ a: '' }, { targets: true }))).toEqual([false]);
    const level = element(ID.Targets, [uint(0x68ca, 50)]);
    expect(parse(level, simple(utf8(ID.TagName, 'a')))[0]?.targeted).toBe(false);
  });

  it('reads several Tags, passes over what it does not know, and takes a missing value for empty', () => {
    const tag = (name: string) => element(ID.Tag, [simple(utf8(ID.TagName, name), element(0x447a, text('und')))]);
    const found = parseTags(concat(voidElement(9), tag('a'), element(ID.CRC32, hex('00000000')), tag('b')), 0);
    expect(found.map(({ name, value }) => [name, value])).toEqual([
      ['a', ''],
      ['b', ''],
    ]);
    expect(parseTags(new Uint8Array(), 0)).toEqual([]);
    expect(parse(simple())).toMatchObject([{ name: '', value: '' }]);
  });

  it('does not choke on bytes that are no UTF-8', () => {
    expect(parse(simple(element(ID.TagName, hex('ff61'))))[0]).toMatchObject({ name: '�a', nameSize: 2 });
  });

  it.each([
    ['a Tag that passes the end', claim(ID.Tag, 9)],
    ['a SimpleTag that passes its Tag', concat(element(ID.Tag, claim(ID.SimpleTag, 1)), hex('00'))],
    ['a TagName of unknown size', element(ID.Tag, element(ID.SimpleTag, hex('45a3ff')))],
    ['Targets that break off', element(ID.Tag, element(ID.Targets, hex('63')))],
    ['bytes that are no element', hex('00')],
  ])('refuses %s, and says where', (_, content) => {
    expect(() => parseTags(content, 1000)).toThrow(MatroskaError);
    try {
      parseTags(content, 1000);
    } catch (error) {
      const { offset } = error as MatroskaError;
      expect(offset).toBeGreaterThanOrEqual(1000);
      expect(offset).toBeLessThanOrEqual(1000 + content.length);
    }
  });

  it('reads what writeTags writes', () => {
    const pairs = [
      ['AWS_KINESISVIDEO_MILLIS_BEHIND_NOW', '910'],
      ['ü', ''],
    ] as const;
    const bytes = writeTags(pairs);
    expect(parseTags(contentOf(bytes, 4), 0).map(({ name, value }) => [name, value])).toEqual(pairs);
  });

  it("reads a file's statistics as targeted and its encoder as not", () => {
    const file = walk(concat(hex(''), ...[ffmpegHeader()]))[0];
    const found = file?.segment.children.find(({ id }) => id === ID.Tags);
    const names = parseTags(payload(found!), 0).map(({ name, targeted }) => [name, targeted]);
    expect(names).toContainEqual(['ENCODER', false]);
    expect(names).toContainEqual(['DURATION', true]);
  });
});

/** ffmpeg's header tags: one for the file, one for each track. */
const ffmpegHeader = (): Bytes =>
  concat(
    element(ID.EBML, utf8(ID.DocType, 'matroska')),
    element(ID.Segment, [
      element(ID.Tags, [
        element(ID.Tag, [element(ID.Targets, []), simple(utf8(ID.TagName, 'ENCODER'), utf8(ID.TagString, 'Lavf'))]),
        element(ID.Tag, [
          element(ID.Targets, [uint(ID.TagTrackUID, 1)]),
          simple(utf8(ID.TagName, 'DURATION'), utf8(ID.TagString, '00:00:04.000\0\0')),
        ]),
      ]),
    ]),
  );
