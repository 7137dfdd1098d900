import { describe, expect, it } from 'vitest';
import { MatroskaError } from '../../../src/media/matroska/error.ts';
import { declaresMatroska, parseHeader } from '../../../src/media/matroska/header.ts';
import { FIXTURES, fixture } from '../../support/fixtures.ts';
import { ID } from '../../support/ids.ts';
import * as mkv from '../../support/mkv.ts';
import { producerHeader } from '../../support/producer.ts';
import { walk } from '../../support/walk.ts';

const { concat, hex } = mkv;
const UNKNOWN = hex('1853806701ffffffffffffff');
const parse = (...parts: mkv.Bytes[]) => parseHeader(concat(...parts), 0);
const doc = (...children: mkv.Bytes[]) => parse(mkv.ebmlHeader(), mkv.segment(children));

/** A fixture's bytes before its first Cluster. */
function headOf(name: string) {
  const bytes = fixture(name);
  const [document] = walk(bytes);
  const first = document!.clusters[0]!.element.start;
  return { bytes: bytes.subarray(0, first), document: document!, first };
}

describe("a document's header", () => {
  it.each([
    ['unknown in one byte', { size: 'unknown1' }],
    ['unknown in eight', { size: 'unknown8' }],
    ['known in two', { size: 'known', sizeWidth: 2 }],
    ['known in eight', { size: 'known', sizeWidth: 8 }],
  ] as const)('has a Segment of unknown size in eight bytes where the size was %s', (_, size) => {
    const children = [mkv.info(), mkv.tracks()];
    const header = parse(mkv.ebmlHeader(), mkv.segment(children, size));
    expect(header.bytes).toEqual(concat(mkv.ebmlHeader(), UNKNOWN, ...children));
  });

  it.each(FIXTURES)('of %s is all that stands before its first Cluster', (name) => {
    const { bytes, document } = headOf(name);
    const { ebml, segment, tracks, timecodeScale } = document;
    const header = parseHeader(bytes, 0);
    const rest = bytes.subarray(segment.content);
    expect(Buffer.compare(header.bytes, concat(ebml.bytes, UNKNOWN, rest))).toBe(0);
    expect(header.trackNumbers).toEqual(tracks.map(({ number }) => number));
    expect(header.timestampScale).toBe(BigInt(timecodeScale));
    const kept = segment.children.filter(({ id, start }) => id !== ID.Tags && start < bytes.length);
    const without = concat(ebml.bytes, UNKNOWN, ...kept.map((element) => element.bytes));
    expect(Buffer.compare(header.bytesWithoutTags, without)).toBe(0);
  });

  it('keeps SeekHead, Void, CRC-32 and elements it does not know, to the byte', () => {
    const children = [
      mkv.element(ID.CRC32, hex('01020304')),
      mkv.element(ID.SeekHead, []),
      mkv.voidElement(200),
      mkv.info(),
      mkv.element(0x4f4f, hex('aabb')),
      mkv.element(0x4f4f, []),
      mkv.tracks(),
    ];
    const header = doc(...children);
    expect(header.bytes).toEqual(concat(mkv.ebmlHeader(), UNKNOWN, ...children));
    expect(header.bytesWithoutTags).toBe(header.bytes);
  });

  it('leaves out only the Tags where Tags are left out, wherever they stand', () => {
    const [a, b] = [mkv.tags({ a: '1' }), mkv.tags({ b: '2' }, { sizeWidth: 8 })];
    const [info, tracks, padding] = [mkv.info(), mkv.tracks(), mkv.voidElement(20)];
    const header = doc(a, info, padding, tracks, b);
    expect(header.bytes).toEqual(concat(mkv.ebmlHeader(), UNKNOWN, a, info, padding, tracks, b));
    expect(header.bytesWithoutTags).toEqual(concat(mkv.ebmlHeader(), UNKNOWN, info, padding, tracks));
    expect(header.tags.map(({ name, value }) => [name, value])).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
  });

  it('keeps padding between the EBML header and the Segment', () => {
    const padding = mkv.voidElement(300);
    const segment = mkv.segment([mkv.tracks()]);
    const header = parse(mkv.ebmlHeader(), padding, segment);
    expect(header.bytes).toEqual(concat(mkv.ebmlHeader(), padding, UNKNOWN, mkv.tracks()));
  });

  it("reads the C producer's", () => {
    const header = parseHeader(producerHeader({ audio: true, timecodeScale: 100 }), 0);
    expect(header).toMatchObject({ trackNumbers: [1, 2], timestampScale: 100n, tags: [] });
  });

  it('has ticks of a millisecond unless it says otherwise', () => {
    const scale = (...children: mkv.Bytes[]) => doc(...children, mkv.tracks()).timestampScale;
    expect(scale()).toBe(1_000_000n);
    expect(scale(mkv.element(ID.Info, []))).toBe(1_000_000n);
    expect(scale(mkv.element(ID.Info, mkv.element(ID.TimecodeScale, [])))).toBe(1_000_000n);
    expect(scale(mkv.info({ timecodeScale: 1 }))).toBe(1n);
    expect(scale(mkv.element(ID.Info, mkv.uint(ID.TimecodeScale, 2n ** 64n - 1n)))).toBe(2n ** 64n - 1n);
  });

  it.each([
    ['no Segment', [mkv.ebmlHeader()], /no Segment/],
    ['no Tracks', [mkv.ebmlHeader(), mkv.segment([mkv.info()])], /no Tracks/],
    ['Tracks without a track', [mkv.ebmlHeader(), mkv.segment([mkv.element(ID.Tracks, [])])], /no Tracks/],
    [
      'a track without a number',
      [mkv.ebmlHeader(), mkv.segment([mkv.element(ID.Tracks, [mkv.element(ID.TrackEntry, [])])])],
      /TrackNumber/,
    ],
    ['track number 0', [mkv.ebmlHeader(), mkv.segment([mkv.tracks([{ number: 0 }])])], /TrackNumber/],
    [
      'a scale of 0',
      [mkv.ebmlHeader(), mkv.segment([mkv.info({ timecodeScale: 0 }), mkv.tracks()])],
      /TimestampScale of 0/,
    ],
    [
      'a number longer than eight bytes',
      [
        mkv.ebmlHeader(),
        mkv.segment([mkv.element(ID.Info, mkv.element(ID.TimecodeScale, hex('000000000000000001'))), mkv.tracks()]),
      ],
      /longer than 8 bytes/,
    ],
    [
      'Info that breaks off',
      [mkv.ebmlHeader(), mkv.segment([mkv.element(ID.Info, hex('2ad7')), mkv.tracks()])],
      /fill/,
    ],
    [
      'a TrackEntry that breaks off',
      [mkv.ebmlHeader(), mkv.segment([mkv.element(ID.Tracks, mkv.element(ID.TrackEntry, hex('d7')))])],
      /fill/,
    ],
    ['Tags that break off', [mkv.ebmlHeader(), mkv.segment([mkv.tracks(), mkv.element(ID.Tags, hex('73'))])], /fill/],
    ['a child that breaks off', [mkv.ebmlHeader(), mkv.segment([mkv.tracks(), hex('ec82')])], /breaks off/],
  ])('is refused for %s', (_, parts, message) => {
    const bytes = concat(...parts);
    expect(() => parseHeader(bytes, 0)).toThrow(MatroskaError);
    expect(() => parseHeader(bytes, 0)).toThrow(message);
  });

  it('is without the signal, all else in its place', () => {
    const [user, shared, kept] = [mkv.tags({ a: '1' }), mkv.tags({ b: '2', END: '' }), mkv.tags({ b: '2' })];
    const parts = (...between: mkv.Bytes[]) => [mkv.info(), ...between, mkv.tracks(), mkv.voidElement(5)];
    const bytes = concat(mkv.ebmlHeader(), mkv.segment(parts(user, mkv.tags({ END: '' }), shared)));
    const header = parseHeader(bytes, 0, 'END');
    expect(header.bytes).toEqual(concat(mkv.ebmlHeader(), UNKNOWN, ...parts(user, kept)));
    expect(header.bytesWithoutTags).toEqual(concat(mkv.ebmlHeader(), UNKNOWN, ...parts()));
    expect(header.tags.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(parseHeader(bytes, 0).tags).toHaveLength(4);
  });

  it('may hold as many tags as fit into it, of which as many are told as tell that they are too many', () => {
    const empty = mkv.element(ID.SimpleTag, new Uint8Array());
    const tag = mkv.element(ID.Tag, new Uint8Array(Buffer.alloc(250_000 * empty.length, empty)), { sizeWidth: 8 });
    expect(doc(mkv.tracks(), mkv.element(ID.Tags, tag, { sizeWidth: 8 })).tags).toHaveLength(100);
  });

  it('says where in the stream it is at fault', () => {
    const bytes = concat(mkv.ebmlHeader(), mkv.segment([mkv.info({ timecodeScale: 0 }), mkv.tracks()]));
    expect(() => parseHeader(bytes, 5000)).toThrow(/at byte 50\d\d$/);
  });
});

describe('declaresMatroska', () => {
  const declared = (...children: mkv.Bytes[]) => declaresMatroska(concat(...children));
  it.each(['matroska', 'webm', 'matroska\0', 'webm\0\0\0'])('takes %j', (docType) => {
    expect(declared(mkv.utf8(ID.DocType, docType))).toBe(true);
  });

  it.each(['', 'mp4', 'Matroska', 'matroska ', '\0matroska', 'matroskax'])('refuses %j', (docType) => {
    expect(declared(mkv.utf8(ID.DocType, docType))).toBe(false);
  });

  it('takes a header that does not say, and refuses one that is broken', () => {
    expect(declared()).toBe(true);
    expect(declared(mkv.uint(ID.DocTypeVersion, 2))).toBe(true);
    expect(declared(hex('4282'))).toBe(false);
    expect(declared(hex('428289'), hex('00'))).toBe(false);
  });
});
