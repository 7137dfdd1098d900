// The builder and the walker judge the emulator; here they judge each other, the published bytes and real muxers' files.
import { describe, expect, it } from 'vitest';
import { walkChunks, walkError, wholeChunks } from './chunks.ts';
import { FIXTURES, fixture } from './fixtures.ts';
import { ID } from './ids.ts';
import * as mkv from './mkv.ts';
import { END_OF_FRAGMENT, producerStream } from './producer.ts';
import { Truncated, tagPairs, walk } from './walk.ts';

const hexOf = (bytes: mkv.Bytes): string => Buffer.from(bytes).toString('hex');
const NUMBER = '91343852333181432392682062607743920146159169392';
const four = { sizeWidth: 4 };
const head = mkv.tags(
  {
    AWS_KINESISVIDEO_FRAGMENT_NUMBER: NUMBER,
    AWS_KINESISVIDEO_SERVER_TIMESTAMP: '1511852109.126',
    AWS_KINESISVIDEO_PRODUCER_TIMESTAMP: '1511852108.513',
  },
  four,
);
const tail = mkv.tags(
  { AWS_KINESISVIDEO_MILLIS_BEHIND_NOW: '15858', AWS_KINESISVIDEO_CONTINUATION_TOKEN: NUMBER },
  four,
);

/** A GetMedia document by the book. */
const chunk = (between: readonly mkv.Bytes[] = [], parts = { head, tail }): mkv.Bytes =>
  mkv.concat(
    mkv.ebmlHeader(),
    mkv.segment(
      [
        mkv.info(),
        mkv.tracks(),
        parts.head,
        mkv.cluster({ timecode: 5 }, [mkv.simpleBlock({ key: true, time: -2 })]),
        ...between,
        parts.tail,
      ],
      { size: 'unknown8' },
    ),
  );

describe('builder', () => {
  it.each([
    [0, undefined, '80'],
    [126, undefined, 'fe'],
    [127, undefined, '407f'],
    [16382, undefined, '7ffe'],
    [16383, undefined, '203fff'],
    [5, 8, '0100000000000005'],
    [2n ** 56n - 2n, undefined, '01fffffffffffffe'],
  ])('writes the size %d in %s bytes as %s', (value, width, expected) => {
    expect(hexOf(mkv.vint(value, width))).toBe(expected);
  });

  it('writes the service tags with the sizes of the captures', () => {
    expect(hexOf(head)).toMatch(/^1254c367100000eb7373100000e567c81000005b45a310000020/);
    expect(hexOf(tail)).toMatch(/^1254c367100000a373731000009d67c81000003345a310000022/);
  });

  it.each(['xiph', 'ebml', 'fixed'] as const)('laces %s so that the frames come out again', (lacing) => {
    const sizes = lacing === 'fixed' ? [300, 300, 300] : [255, 510, 3, 7000, 0, 64];
    const frames = sizes.map((size, index) => new Uint8Array(size).fill(index + 1));
    const bytes = mkv.concat(
      mkv.ebmlHeader(),
      mkv.segment([mkv.cluster({ timecode: 9 }, [mkv.simpleBlock({ lacing, frames, track: 200, key: true })])]),
    );
    const read = walk(bytes)[0]?.clusters[0]?.frames;
    expect(read).toEqual(frames.map((data) => ({ track: 200, time: 9, key: true, data })));
  });

  it('makes a Void of any length', () => {
    for (const total of [2, 3, 100, 129, 4032]) expect(mkv.voidElement(total)).toHaveLength(total);
  });

  it("computes the CRC-32 that ffmpeg's files carry", () => {
    const segment = walk(fixture('h264-aac-gop1s.mkv'))[0]?.segment;
    const info = segment?.children.find((element) => element.id === ID.Info);
    const [crc, ...rest] = info?.children ?? [];
    expect(crc?.id).toBe(ID.CRC32);
    const [made] = mkv.withCrc(rest.map((element) => element.bytes));
    expect(hexOf(made as mkv.Bytes)).toBe(hexOf(crc?.bytes as mkv.Bytes));
  });
});

describe('producer stream', () => {
  it('begins with the bytes of the C producer', () => {
    const { header } = producerStream();
    expect(hexOf(header.subarray(0, 51))).toBe(
      '1a45dfa3a34286810142f7810142f2810442f381084282886d6174726f736b61428781024285810218538067ff1549a9664067',
    );
  });

  it('cuts clusters like the C producer', () => {
    const { fragments } = producerStream({ timecode: 1_795_361_683_507n });
    expect(hexOf(fragments[0]?.cluster.subarray(0, 31) as mkv.Bytes)).toMatch(
      /^1f43b675ffe788000001a203e53833a78100a3010000000000.{4}81000080$/,
    );
  });

  it('comes out of the walker as it went in', () => {
    const metadata = (index: number): Record<string, string> => ({ index: String(index), where: 'here' });
    const stream = producerStream({ fragments: 3, audio: true, metadata, endOfFragment: 'each' });
    const [document] = walk(stream.bytes);
    expect(document?.clusters.map(({ frames }) => frames)).toEqual(
      stream.fragments.map(({ timecode, frames }) =>
        frames.map((frame) => ({ ...frame, time: Number(timecode) + frame.time })),
      ),
    );
    const tags = document?.segment.children.filter(({ id }) => id === ID.Tags).flatMap(tagPairs);
    const pair = (index: number): unknown[] => [
      ['index', String(index)],
      ['where', 'here'],
    ];
    const end = [END_OF_FRAGMENT, ''];
    expect(tags).toEqual([...pair(0), end, ...pair(1), end, ...pair(2), end]);
  });

  it('is the same for the same seed and other noise for another', () => {
    expect(producerStream({ seed: 7 }).bytes).toEqual(producerStream({ seed: 7 }).bytes);
    expect(producerStream({ seed: 7 }).bytes).not.toEqual(producerStream({ seed: 8 }).bytes);
  });
});

describe('walker', () => {
  it.each(FIXTURES)('reads %s to its last byte', (name) => {
    const [document, ...more] = walk(fixture(name));
    expect(more).toEqual([]);
    expect(document?.bytes).toHaveLength(fixture(name).length);
    for (const cluster of document?.clusters ?? []) {
      for (const track of document?.tracks ?? [])
        expect(cluster.frames.some((frame) => frame.track === track.number)).toBe(true);
    }
  });

  it.each([
    ['an element that is cut', mkv.concat(mkv.ebmlHeader(), mkv.segment([mkv.info()])).slice(0, -1), Truncated],
    [
      'a child larger than its parent',
      mkv.concat(mkv.ebmlHeader(), mkv.segment([mkv.element(ID.Tags, mkv.claim(ID.Tag, 9)), mkv.info()])),
      /after/,
    ],
    ['an element in the wrong place', mkv.concat(mkv.ebmlHeader(), mkv.segment([mkv.simpleBlock()])), /SimpleBlock/],
    ['bytes that are no element', mkv.concat(mkv.ebmlHeader(), mkv.hex('00')), /no element id/],
    ['a Segment without EBML', mkv.segment([]), /instead of EBML/],
  ])('throws at %s', (_what, bytes, error) => {
    expect(() => walk(bytes)).toThrow(error as never);
  });

  it('reads a chunk of GetMedia', () => {
    const bytes = mkv.concat(chunk([mkv.tags({ a: 'b' })]), chunk());
    const [first, second, ...none] = walkChunks(bytes);
    expect(none).toEqual([]);
    expect(first).toMatchObject({
      fragmentNumber: NUMBER,
      serverTimestamp: '1511852109.126',
      producerTimestamp: '1511852108.513',
      millisBehindNow: '15858',
      continuationToken: NUMBER,
      trailingTags: [['a', 'b']],
      frames: [{ track: 1, time: 3, key: true, data: mkv.text('frame') }],
    });
    expect(second?.trailingTags).toEqual([]);
    expect(wholeChunks(bytes.subarray(0, bytes.length - 1))).toHaveLength(1);
  });

  it('refuses a chunk whose service tags are out of place, of other widths or in other words', () => {
    expect(() => walkChunks(chunk([], { head: tail, tail }))).toThrow(/right before/);
    expect(() => walkChunks(chunk([], { head: mkv.concat(head, mkv.voidElement(5)), tail }))).toThrow(/right before/);
    expect(() => walkChunks(chunk([], { head, tail: head }))).toThrow(Truncated);
    const wide = mkv.tags({ AWS_KINESISVIDEO_MILLIS_BEHIND_NOW: '1', AWS_KINESISVIDEO_CONTINUATION_TOKEN: '1' });
    expect(() => walkChunks(chunk([], { head, tail: wide }))).toThrow(/width/);
  });

  it('reads an error document', () => {
    const values = { AWS_KINESISVIDEO_ERROR_CODE: 'FRAGMENT_NOT_FOUND', AWS_KINESISVIDEO_ERROR_ID: '3000' };
    const bytes = mkv.concat(mkv.ebmlHeader(), mkv.segment([mkv.tags(values, four)], { size: 'unknown8' }));
    expect(walkError(mkv.concat(chunk(), bytes))).toMatchObject({
      chunks: [{ fragmentNumber: NUMBER }],
      error: { code: 'FRAGMENT_NOT_FOUND', id: '3000', fragmentNumber: undefined },
    });
  });
});
