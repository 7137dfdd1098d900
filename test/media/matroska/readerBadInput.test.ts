import { describe, expect, it } from 'vitest';
import { MatroskaError } from '../../../src/media/matroska/error.ts';
import { FIXTURES, fixture } from '../../support/fixtures.ts';
import { ID } from '../../support/ids.ts';
import * as mkv from '../../support/mkv.ts';
import { noise } from '../../support/producer.ts';
import { inPieces, record } from '../../support/recorder.ts';
import { type Element, walk } from '../../support/walk.ts';

const { claim, concat, hex } = mkv;
const HEAD = concat(mkv.ebmlHeader(), mkv.segment([mkv.info(), mkv.tracks()]));
const block = mkv.simpleBlock({ data: new Uint8Array(30) });
const open = mkv.cluster({ timecode: 0 }, [block]);
const known = mkv.cluster({ timecode: 0, size: 'known' }, [block]);
const ABSURD = 2n ** 56n - 2n;

/** The error of a stream, which must be the same however it is cut. `padding` follows, so that nothing is merely cut. */
function errorOf(stream: mkv.Bytes): MatroskaError | undefined {
  const padded = concat(stream, new Uint8Array(40).fill(0xec));
  const { error, events } = record([padded], { end: false });
  for (const size of [1, 7]) {
    const again = record(inPieces(padded, size), { end: false });
    expect(again.events).toEqual(events);
    expect(again.error?.message).toBe(error?.message);
  }
  return error;
}
const cluster = (children: mkv.Bytes[], options: mkv.ClusterOptions = {}): mkv.Bytes =>
  concat(HEAD, mkv.cluster({ timecode: 0, ...options }, children));

describe('refused, and where, is', () => {
  const cases: [string, mkv.Bytes, RegExp, number?][] = [
    ['text', mkv.text('hello, this is not a video'), /no EBML header/, 0],
    ['an MP4 file', hex('0000001c66747970'), /no EBML header|no element/, 0],
    ['a Segment without an EBML header', HEAD.subarray(mkv.ebmlHeader().length), /no EBML header/, 0],
    ['an EBML document of another kind', mkv.ebmlHeader({ docType: 'avi' }), /not Matroska/],
    ['an EBML header of unknown size', concat(mkv.openMaster(ID.EBML, 'unknown1')), /absurd size/, 0],
    ['an EBML header of 2^56 bytes', claim(ID.EBML, ABSURD), /absurd size/, 0],
    ['an EBML header of 5 kB', claim(ID.EBML, 5000), /absurd size/, 0],
    ['a Cluster without a Segment', concat(mkv.ebmlHeader(), open), /no Segment/],
    ['padding of 2^56 bytes in front of a Segment', concat(mkv.ebmlHeader(), claim(ID.Void, ABSURD)), /2?bytes before/],
    ['two EBML headers', concat(mkv.ebmlHeader(), mkv.ebmlHeader()), /no Segment/],
    ['a Segment in a Segment', concat(HEAD, mkv.segment([])), /Segment inside/, HEAD.length],
    ['an EBML header in a Segment', concat(HEAD, mkv.ebmlHeader()), /Segment inside/, HEAD.length],
    [
      'a Segment behind a Cluster',
      concat(HEAD, open, mkv.segment([], { size: 'known' })),
      /top-level/,
      HEAD.length + open.length,
    ],
    ['a Segment behind a whole Cluster', concat(HEAD, known, mkv.segment([])), /Segment inside/],
    ['header elements of unknown size', concat(HEAD, mkv.openMaster(ID.Tags, 'unknown1')), /unknown size/, HEAD.length],
    ['a header element of 2^56 bytes', concat(HEAD, claim(ID.Cues, ABSURD)), /before the first Cluster/, HEAD.length],
    ['a header element of 5 MB', concat(HEAD, claim(0xec, 5_000_000)), /before the first Cluster/, HEAD.length],
    ['a header without Tracks', concat(mkv.ebmlHeader(), mkv.segment([mkv.info(), open])), /no Tracks/],
    ['Tracks behind a Cluster', concat(HEAD, open, mkv.tracks()), /behind a Cluster/, HEAD.length + open.length],
    ['Info behind a whole Cluster', concat(HEAD, known, mkv.info()), /behind a Cluster/, HEAD.length + known.length],
    ['a Cluster in a Cluster of known size', cluster([open], { size: 'known' }), /unknown size inside/],
    ['Tags in a Cluster of known size', cluster([mkv.tags({ a: '' })], { size: 'known' }), /top-level/],
    ['an EBML header in a Cluster of known size', cluster([mkv.ebmlHeader()], { size: 'known' }), /top-level/],
    ['a Segment in a Cluster', cluster([mkv.segment([])]), /unknown size inside/],
    ['a Cluster of 2^56 bytes', concat(HEAD, claim(ID.Cluster, ABSURD)), /absurd size/, HEAD.length],
    ['a Cluster of 2^53 bytes', concat(HEAD, claim(ID.Cluster, 2n ** 53n)), /absurd size/, HEAD.length],
    ['a block larger than its Cluster', concat(HEAD, claim(ID.Cluster, 20), hex('e78100a3bf')), /behind its parent/],
    ['a block of 2^56 bytes in it', concat(HEAD, claim(ID.Cluster, 99), claim(0xa3, ABSURD)), /behind its parent/],
    ['an element whose header passes its Cluster', concat(HEAD, claim(ID.Cluster, 4), hex('e7810045')), /parent/],
    [
      'a BlockGroup larger than its Cluster',
      concat(HEAD, claim(ID.Cluster, 9), hex('e78100a0bf')),
      /behind its parent/,
    ],
    ['a Block larger than its BlockGroup', cluster([concat(hex('a086'), hex('a1ff81000000'))]), /unknown size|parent/],
    ['a BlockGroup cut short by a Cluster', concat(cluster([claim(0xa0, 500)]), known), /top-level/],
    ['a BlockGroup cut short by Tags', concat(cluster([claim(0xa0, 500)]), mkv.tags({ a: '' })), /top-level/],
    ['a BlockGroup cut short by a document', concat(cluster([claim(0xa0, 500)]), HEAD), /top-level/],
    ['a block of unknown size', cluster([hex('a3ff')]), /unknown size inside/],
    ['an empty block', cluster([hex('a380')]), /empty Block/],
    ['a block without time', cluster([hex('a38381000081000000')]), /without track and time/],
    ['a block whose track number is no integer', cluster([hex('a38400000000')]), /without track and time/],
    ['a block in front of the timestamp', concat(HEAD, mkv.cluster({}, [block])), /in front of its/],
    ['two timestamps', cluster([mkv.uint(ID.Timecode, 1)]), /too many/],
    ['a timestamp of nine bytes', concat(HEAD, mkv.cluster({}, [mkv.element(0xe7, new Uint8Array(9))])), /too long/],
    ['a block behind Tags that ended its Cluster', concat(HEAD, open, mkv.tags({ a: '' }), block), /outside any/],
    ['a block behind a whole Cluster', concat(HEAD, known, block), /outside any/, HEAD.length + known.length],
    ['a BlockGroup in the header', concat(HEAD, mkv.blockGroup()), /outside any/, HEAD.length],
    ['a timestamp behind a Cluster', concat(HEAD, known, mkv.uint(ID.Timecode, 9)), /outside any/],
    ['Tags over a megabyte', concat(HEAD, open, claim(ID.Tags, (1 << 20) + 1)), /Tags element of/],
    ['Tags of 2^56 bytes', concat(HEAD, open, claim(ID.Tags, ABSURD)), /Tags element of/, HEAD.length + open.length],
    ['Tags whose children do not fill it', concat(HEAD, open, mkv.element(ID.Tags, hex('7373ff'))), /do not fill/],
    ['Cues of unknown size', concat(HEAD, open, mkv.openMaster(ID.Cues, 'unknown8')), /unknown size/],
    ['an id of five bytes', concat(HEAD, open, hex('0811223344')), /no element/, HEAD.length + open.length],
    ['a reserved id', concat(HEAD, open, hex('ff81')), /no element/, HEAD.length + open.length],
    ['a size of nine bytes', concat(HEAD, open, hex('a300')), /without a size/, HEAD.length + open.length],
  ];
  it.each(cases)('%s', (_, stream, message, offset) => {
    const error = errorOf(stream);
    expect(error).toBeInstanceOf(MatroskaError);
    expect(error?.message).toMatch(message);
    if (offset !== undefined) expect(error?.offset).toBe(offset);
    expect(error?.offset).toBeLessThanOrEqual(stream.length);
  });

  it('more than 4 MB before the first Cluster, as soon as so much has come', () => {
    const padding = mkv.voidElement(1_000_000);
    const stream = concat(HEAD, padding, padding, padding, padding, padding);
    const { error } = record(inPieces(stream, 65_536), { end: false });
    expect(error?.message).toMatch(/bytes before the first Cluster/);
    expect(error?.offset).toBeLessThan((4 << 20) + 65_536);
  });

  it('text by its first byte, not when enough of it has come', () => {
    expect(record([mkv.text('h')], { end: false }).error?.message).toMatch(/no EBML header/);
  });
});

/** Where the reader expects an element: at the top, in Segments, Clusters and BlockGroups. */
function places(stream: mkv.Bytes): number[] {
  const inside = ({ children, content }: Element): number[] => [
    content,
    ...children.flatMap((child) => [...(child.id === ID.BlockGroup ? inside(child) : []), child.end]),
  ];
  return walk(stream).flatMap(({ ebml, segment }) => {
    const first = segment.children.find(({ id }) => id === ID.Cluster)!;
    const behind = segment.children.filter(({ start }) => start >= first.start);
    const starts = segment.children.map(({ start }) => start);
    return [
      ebml.start,
      ebml.end,
      ...starts,
      ...behind.flatMap((child) => (child.id === ID.Cluster ? inside(child) : [])),
    ];
  });
}

describe('garbage', () => {
  const stream = concat(
    mkv.ebmlHeader(),
    mkv.segment([
      mkv.info(),
      mkv.tracks(),
      mkv.cluster({ timecode: 0 }, [block, mkv.blockGroup({ duration: 4 }), block]),
      mkv.tags({ a: 'b' }),
      mkv.cluster({ timecode: 1, size: 'known' }, [block, mkv.blockGroup({ duration: 4 })]),
      mkv.cues([{ time: 0, track: 1, position: 9 }]),
    ]),
  );

  it('is refused at the byte where it begins, wherever an element is expected', () => {
    for (const at of new Set(places(stream))) {
      for (const garbage of [hex('00'), hex('08'), hex('ff80'), new Uint8Array(50)]) {
        const spoilt = concat(stream.subarray(0, at), garbage, stream.subarray(at));
        const { error } = record([spoilt], { end: false });
        expect({ at, offset: error?.offset }).toEqual({ at, offset: at });
      }
    }
  });

  it('anywhere is either passed over or refused, and what is reported is what was sent', () => {
    const next = noise(5);
    const start = walk(stream)[0]!.clusters[0]!.element.start;
    for (let at = 0; at < stream.length; at++) {
      for (const length of [1, 3, 40]) {
        const garbage = Uint8Array.from({ length }, () => next() & 0xff);
        const spoilt = concat(stream.subarray(0, at), garbage, stream.subarray(at));
        const { bytes } = record(inPieces(spoilt, 37));
        if (at > start && Buffer.compare(bytes, spoilt.subarray(start, start + bytes.length)) !== 0) {
          expect({ at, garbage, bytes }).toBe('reported as sent');
        }
      }
    }
  });

  it.each(FIXTURES)('in place of any 4 kB of %s never breaks the reader', (name) => {
    const file = fixture(name);
    const next = noise(6);
    for (let at = 0; at < file.length; at += 4096) {
      const spoilt = file.slice();
      for (let i = at; i < Math.min(at + 4096, file.length); i++) spoilt[i] = next() & 0xff;
      // record() lets through nothing but a MatroskaError.
      expect(record(inPieces(spoilt, 8192)).bytes.length).toBeLessThanOrEqual(file.length);
    }
  });
});
