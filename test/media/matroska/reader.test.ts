import { describe, expect, it } from 'vitest';
import { MatroskaReader } from '../../../src/media/matroska/reader.ts';
import { FIXTURES, fixture } from '../../support/fixtures.ts';
import { ID } from '../../support/ids.ts';
import * as mkv from '../../support/mkv.ts';
import { producerStream } from '../../support/producer.ts';
import { expected, inPieces, record } from '../../support/recorder.ts';
import { walk } from '../../support/walk.ts';

const { concat, hex } = mkv;
const HEAD = concat(mkv.ebmlHeader(), mkv.segment([mkv.info(), mkv.tracks([{ number: 1 }, { number: 2 }])]));
const block = (options: mkv.BlockOptions = {}): mkv.Bytes => mkv.simpleBlock({ data: new Uint8Array(30), ...options });
const whole = (bytes: mkv.Bytes): mkv.Bytes[] => [bytes];
const ofKind = (events: readonly string[], kind: string): string[] => events.filter((line) => line.startsWith(kind));

/** Reads a stream that begins with HEAD and must be taken as it is. */
function read(...parts: mkv.Bytes[]) {
  const recording = record(whole(concat(HEAD, ...parts)));
  expect(recording.error).toBeUndefined();
  expect(recording.bytes).toEqual(concat(...parts));
  return recording;
}

describe('a Matroska reader', () => {
  it.each(FIXTURES)('tells of %s what another reader finds in it', (name) => {
    const { events, bytes } = expected(fixture(name));
    const recording = record(whole(fixture(name)));
    expect(recording.error).toBeUndefined();
    expect(recording.events).toEqual(events);
    expect(Buffer.compare(recording.bytes, bytes)).toBe(0);
  });

  it.each(FIXTURES)('tells the same of %s byte by byte', (name) => {
    const { events, bytes } = expected(fixture(name));
    const recording = record(inPieces(fixture(name), 1));
    expect(recording.error).toBeUndefined();
    expect(recording.events).toEqual(events);
    expect(Buffer.compare(recording.bytes, bytes)).toBe(0);
  });

  it("reads the C producer's stream, metadata and END_OF_FRAGMENT included", () => {
    const metadata = (index: number) => ({ index: String(index), empty: '' });
    const { bytes } = producerStream({ fragments: 4, audio: true, metadata, endOfFragment: 'each' });
    const recording = record(whole(bytes));
    expect(recording.events).toEqual(expected(bytes).events);
    expect(ofKind(recording.events, 'tags')).toHaveLength(4 + 3 * 2);
    expect(recording.headers[0]?.tags.map(({ name }) => name)).toEqual(['index', 'empty']);
  });

  it('reads document after document, of known and unknown size', () => {
    const documents = ['h264-gop2s.mkv', 'gst-streamable.mkv', 'aac.mkv', 'ffmpeg-pipe.mkv'].map(fixture);
    const stream = concat(...documents, producerStream().bytes);
    const recording = record(inPieces(stream, 1000));
    expect(recording.error).toBeUndefined();
    expect(recording.events).toEqual(expected(stream).events);
    expect(recording.headers).toHaveLength(5);
    expect(ofKind(recording.events, 'documentEnd')).toHaveLength(4);
  });

  it('reports bytes as parts of what was pushed; it copies but the beginnings of elements that a push cuts', () => {
    const stream = fixture('h264-gop2s.mkv');
    let copied = 0;
    const ignore = (): void => undefined;
    const reader = new MatroskaReader({
      ...{
        header: ignore,
        cluster: ignore,
        timestamp: ignore,
        block: ignore,
        tags: ignore,
        signal: ignore,
        documentEnd: ignore,
      },
      bytes: (piece) => {
        if (piece.buffer !== stream.buffer) copied += piece.length;
      },
    });
    const pieces = [...inPieces(stream, 1000)];
    for (const piece of pieces) reader.push(piece);
    expect(copied).toBeLessThan(23 * pieces.length);
  });
});

describe('a Matroska reader takes', () => {
  it.each(['known', 'unknown1', 'unknown8'] as const)('Clusters of %s size, one behind the other', (size) => {
    const clusters = [0, 2000].map((timecode) =>
      mkv.cluster({ timecode, size, position: 0, prevSize: 9 }, [block(), block({ time: 40, track: 2 })]),
    );
    const { events } = read(...clusters);
    expect(events.slice(1)).toEqual([
      'cluster @0',
      `timestamp 0 @${clusters[0]!.indexOf(0xe7) + 3}`,
      'block 1 0 34',
      'block 2 40 34',
      `cluster @${clusters[0]!.length}`,
      `timestamp 2000 @${clusters[0]!.length + clusters[1]!.indexOf(0xe7) + 4}`,
      'block 1 0 34',
      'block 2 40 34',
    ]);
  });

  it('a Cluster of unknown size up to any other top-level element, and what follows as its trailing bytes', () => {
    const cluster = mkv.cluster({ timecode: 0 }, [block()]);
    for (const end of [ID.SeekHead, ID.Cues, ID.Chapters, ID.Attachments]) {
      const { events } = read(cluster, mkv.element(end, hex('ec80')), mkv.voidElement(50), mkv.tags({ a: 'b' }));
      expect(events.at(-1)).toMatch(/^tags/);
    }
  });

  it('Void and CRC-32 wherever they stand', () => {
    const padding = concat(mkv.voidElement(2), mkv.voidElement(300), mkv.element(ID.CRC32, hex('00000000')));
    const group = mkv.element(ID.BlockGroup, [padding, mkv.element(ID.Block, hex('81000000aa')), padding]);
    const cluster = mkv.cluster({}, [padding, mkv.uint(ID.Timecode, 7), padding, group, padding]);
    const { events } = read(cluster, padding, mkv.cluster({ timecode: 9, crc: true, size: 'known' }, [block()]));
    expect(events.map((line) => line.replace(/ @.*/, ''))).toEqual([
      expect.stringContaining('header'),
      'cluster',
      'timestamp 7',
      'block 1 0 5',
      'cluster',
      'timestamp 9',
      'block 1 0 34',
    ]);
  });

  it('padding between the EBML header and the Segment', () => {
    const stream = concat(
      mkv.ebmlHeader(),
      mkv.voidElement(500),
      mkv.segment([mkv.tracks(), mkv.cluster({ timecode: 0 }, [block()])]),
    );
    expect(record(whole(stream)).error).toBeUndefined();
    expect(record(inPieces(stream, 1)).error).toBeUndefined();
  });

  it('elements it does not know, of any id length, and empty ones', () => {
    const odd = [0xc5, 0x4f4f, 0x2f4f4f, 0x1f4f4f4f].flatMap((id) => [
      mkv.element(id, new Uint8Array(5)),
      mkv.element(id, [], { sizeWidth: 8 }),
    ]);
    const cluster = mkv.cluster({ timecode: 0 }, [...odd, block(), mkv.element(ID.BlockGroup, []), ...odd]);
    const { events } = read(cluster, mkv.element(ID.Tags, []), ...odd, mkv.element(ID.Cues, []));
    expect(events.slice(2).map((line) => line.replace(/ @.*/, ''))).toEqual(['timestamp 0', 'block 1 0 34', 'tags []']);
  });

  it('an empty Cluster timestamp for 0, and one of eight bytes exactly', () => {
    const at = (payload: mkv.Bytes) => read(mkv.cluster({}, [mkv.element(ID.Timecode, payload), block()])).events[2];
    expect(at(hex(''))).toMatch(/^timestamp 0 @/);
    expect(at(hex('ffffffffffffffff'))).toMatch(/^timestamp 18446744073709551615 @/);
  });

  it('block times from -32768 to 32767 and track numbers of any length', () => {
    const cases: [mkv.BlockOptions, string][] = [
      [{ time: -1 }, 'block 1 -1 34'],
      [{ time: -32_768 }, 'block 1 -32768 34'],
      [{ time: 32_767 }, 'block 1 32767 34'],
      [{ track: 126 }, 'block 126 0 34'],
      [{ track: 127 }, 'block 127 0 35'],
      [{ track: 16_383 }, 'block 16383 0 36'],
      [{ track: 2_000_000 }, 'block 2000000 0 36'],
    ];
    const { events } = read(
      mkv.cluster(
        { timecode: 0 },
        cases.map(([options]) => block(options)),
      ),
    );
    expect(ofKind(events, 'block')).toEqual(cases.map(([, line]) => line));
  });

  it('track 127 in one byte', () => {
    const { events } = read(mkv.cluster({ timecode: 0 }, [mkv.element(ID.SimpleBlock, hex('ff00000000'))]));
    expect(events.at(-1)).toBe('block 127 0 5');
  });

  it('a block of no frame bytes and one of sizes in eight bytes', () => {
    const { events } = read(
      mkv.cluster({ timecode: 0 }, [block({ data: hex('') }), block({ sizeWidth: 8, data: new Uint8Array(5000) })]),
    );
    expect(ofKind(events, 'block')).toEqual(['block 1 0 4', 'block 1 0 5004']);
  });

  it.each(['xiph', 'ebml', 'fixed'] as const)(
    '%s laces in SimpleBlocks and BlockGroups as one block each',
    (lacing) => {
      const sizes = lacing === 'fixed' ? [20, 20] : [300, 1, 5000, 0];
      const frames = sizes.map((size) => new Uint8Array(size).fill(0xaa));
      const blocks = [
        mkv.simpleBlock({ lacing, frames, time: 3 }),
        mkv.blockGroup({ lacing, frames, time: 4, duration: 9 }),
      ];
      const cluster = mkv.cluster({ timecode: 0 }, blocks);
      const { events } = read(cluster);
      expect(ofKind(events, 'block').map((line) => line.split(' ')[2])).toEqual(['3', '4']);
      for (let size = 1; size < 40; size++) {
        expect(record(inPieces(concat(HEAD, cluster), size)).events).toEqual(events);
      }
    },
  );

  it('blocks of a BlockGroup, and no other child of it for one', () => {
    const inner = mkv.element(ID.Block, hex('82000500aabb'));
    const additions = mkv.element(0x75a1, mkv.element(0xa6, mkv.element(0xa5, hex('a3'))));
    const group = mkv.element(ID.BlockGroup, [mkv.uint(ID.BlockDuration, 3), inner, additions, block()]);
    for (const size of ['known', 'unknown1'] as const) {
      const { events } = read(mkv.cluster({ timecode: 0, size }, [group, block({ time: 9 })]));
      expect(ofKind(events, 'block')).toEqual(['block 2 5 6', 'block 1 9 34']);
    }
  });

  it('tags between Clusters, where they stand, with all their bytes reported before', () => {
    const [first, second] = [0, 2000].map((timecode) => mkv.cluster({ timecode }, [block()]));
    const tags = [mkv.tags({ a: '1' }), mkv.tags({ b: '2' }, { sizeWidth: 8 })];
    const { events } = read(first!, ...tags, second!);
    const at = first!.length + tags[0]!.length;
    expect(ofKind(events, 'tags')).toEqual([`tags [["a","1"]] @${at}`, `tags [["b","2"]] @${at + tags[1]!.length}`]);
    expect(events.indexOf(`cluster @${at + tags[1]!.length}`)).toBeGreaterThan(
      events.indexOf(`tags [["b","2"]] @${at + tags[1]!.length}`),
    );
  });

  it('a Segment that ends, as its size has it, in front of another document', () => {
    const [document] = walk(fixture('h264-gop2s.mkv'));
    expect(document?.segment.size).toBe('known');
    const stream = concat(fixture('h264-gop2s.mkv'), fixture('h264-gop2s.mkv'));
    expect(record(whole(stream)).headers).toHaveLength(2);
  });
});
