import { describe, expect, it } from 'vitest';
import { ID } from '../../support/ids.ts';
import * as mkv from '../../support/mkv.ts';
import { producerStream } from '../../support/producer.ts';
import { type Expected, expected, inPieces, type RecordOptions, record } from '../../support/recorder.ts';
import { walk } from '../../support/walk.ts';

const { concat } = mkv;
const frames = [1, 2, 3].map((size) => new Uint8Array(size).fill(size));
const known = { size: 'known', sizeWidth: 8 } as const;

/** Everything a reader looks at, in few bytes: two documents, both kinds of size, every kind of block and lace. */
const STREAM = concat(
  mkv.ebmlHeader(),
  mkv.segment([
    mkv.tags({ h: '' }),
    mkv.info({ title: '' }),
    mkv.tracks([{ number: 1 }]),
    mkv.cluster({ timecode: 1 }, [
      mkv.simpleBlock({ time: -2, data: mkv.text('a'), sizeWidth: 8 }),
      mkv.simpleBlock({ lacing: 'xiph', frames, track: 200 }),
      mkv.simpleBlock({ lacing: 'ebml', frames, sizeWidth: 3 }),
    ]),
    mkv.tags({ a: 'b' }),
    mkv.voidElement(2),
    mkv.cluster({ timecode: 256, ...known, crc: true, position: 0 }, [
      mkv.blockGroup({ data: new Uint8Array(), duration: 1 }),
      mkv.blockGroup({ lacing: 'fixed', frames: [frames[0]!, frames[0]!], key: false }),
    ]),
    mkv.element(ID.Cues, [], { sizeWidth: 4 }),
  ]),
  mkv.ebmlHeader({ docType: 'webm', sizeWidth: 8 }),
  mkv.segment(
    [mkv.tracks([{ number: 1 }]), mkv.cluster({ timecode: 2 }, [mkv.blockGroup({ lacing: 'ebml', frames })])],
    known,
  ),
);
const WHOLE = expected(STREAM);

function sameAsWhole(pieces: readonly mkv.Bytes[], whole: Expected = WHOLE, options: RecordOptions = {}): void {
  const { events, bytes, error } = record(pieces, options);
  // Compared by hand: expect() on each of thousands of runs costs more than the runs.
  const same =
    error === undefined && events.join('\n') === whole.events.join('\n') && Buffer.compare(bytes, whole.bytes);
  if (same !== 0) {
    const cuts = pieces.map((piece) => piece.length).join(' + ');
    expect({ cuts, error, events, bytes }).toEqual({ cuts, error: undefined, ...whole });
  }
}

describe('a reader tells the same', () => {
  it('whatever single byte the stream is cut behind', () => {
    sameAsWhole([STREAM]);
    for (let at = 1; at < STREAM.length; at++) sameAsWhole([STREAM.subarray(0, at), STREAM.subarray(at)]);
  });

  it('with any two cuts up to 25 bytes apart', () => {
    for (let from = 1; from < STREAM.length; from++) {
      for (let to = from + 1; to < Math.min(from + 26, STREAM.length); to++) {
        sameAsWhole([STREAM.subarray(0, from), STREAM.subarray(from, to), STREAM.subarray(to)]);
      }
    }
  });

  it('in pieces of every size, empty ones between them', () => {
    for (let size = 1; size <= STREAM.length; size++) sameAsWhole([...inPieces(STREAM, size)]);
    sameAsWhole([...inPieces(STREAM, 3)].flatMap((piece) => [new Uint8Array(), piece]));
  });
});

describe('a reader that knows a signal leaves it out', () => {
  const signal = 'END';
  const [first, second] = [1, 2].map((timecode) =>
    mkv.cluster({ timecode }, [mkv.simpleBlock({ data: mkv.text('a') })]),
  );
  const head = concat(mkv.ebmlHeader(), mkv.segment([mkv.tracks([{ number: 1 }])]));
  const alone = mkv.tags({ END: '' }, { sizeWidth: 8 });
  const user = mkv.tags({ user: '1' });
  const sent = concat(head, first!, user, alone, second!, mkv.tags({ a: '', END: '' }), alone, alone, user);
  const kept = concat(head, first!, user, second!, mkv.tags({ a: '' }), user);
  const { bytes, events } = expected(kept);
  const whole = { bytes, events: withSignals(events) };

  /** The signals stand where the elements that held them did. */
  function withSignals(lines: readonly string[]): string[] {
    const signals = new Map([
      ['tags [["user","1"]]', 1],
      ['tags [["a",""]]', 3],
    ]);
    return lines.flatMap((line) => {
      const [what = '', at] = line.split(' @');
      const count = signals.get(what) ?? 0;
      signals.delete(what);
      return [line, ...Array.from({ length: count }, () => `signal @${at}`)];
    });
  }

  it('wherever the stream is cut', () => {
    sameAsWhole([sent], whole, { signal });
    for (let at = 1; at < sent.length; at++) sameAsWhole([sent.subarray(0, at), sent.subarray(at)], whole, { signal });
    for (let size = 1; size < 60; size++) sameAsWhole([...inPieces(sent, size)], whole, { signal });
  });

  it('and reports no byte of Tags before all of them have come', () => {
    for (let length = concat(head, first!).length; length < sent.length; length++) {
      const reported = record([sent.subarray(0, length)], { signal, end: false }).bytes;
      // What is reported is the beginning of what is kept, whatever comes.
      expect(Buffer.compare(reported, bytes.subarray(0, reported.length))).toBe(0);
    }
  });
});

/** Where a stream may end: behind an element of a Segment, or of a Cluster that does not say where it ends. */
function goodEnds(stream: mkv.Bytes): Set<number> {
  const ends = new Set<number>();
  for (const { segment } of walk(stream)) {
    const first = segment.children.find(({ id }) => id === ID.Cluster)!;
    for (const child of segment.children.filter(({ start }) => start >= first.start)) {
      if (child.id !== ID.Cluster || child.size === 'known') ends.add(child.end);
      else for (const end of [child.content, ...child.children.map((inner) => inner.end)]) ends.add(end);
    }
  }
  return ends;
}

describe('a stream cut off', () => {
  const streams: [string, mkv.Bytes][] = [
    ['with everything in it', STREAM],
    ["of the C producer's", producerStream({ fragments: 2, frameBytes: 9, fragmentTicks: 80 }).bytes],
  ];
  it.each(streams)('%s ends well behind whole elements only', (_, stream) => {
    const ends = goodEnds(stream);
    for (let length = 0; length <= stream.length; length++) {
      const { error } = record([stream.subarray(0, length)]);
      if ((error === undefined) !== ends.has(length)) {
        expect({ length, error: error?.message }).toEqual({ length, error: ends.has(length) ? undefined : 'an error' });
      }
      if (error !== undefined && error.offset !== length) expect(error.offset).toBe(length);
    }
  });

  it('has had all its bytes reported, but for an element that had only begun, or Tags', () => {
    const { bytes } = expected(STREAM);
    const { bytes: all } = producerStream({
      ...{ fragments: 1, fragmentTicks: 160, frameBytes: 40 },
      endOfFragment: 'never',
    });
    const start = walk(all)[0]!.clusters[0]!.element.start;
    for (let length = start; length < all.length; length++) {
      const reported = record([all.subarray(0, length)], { end: false }).bytes;
      if (reported.length <= length - start - 23) expect({ length, reported }).toBe('more');
      if (Buffer.compare(reported, all.subarray(start, start + reported.length)) !== 0) expect(length).toBe('the same');
    }
    expect(record([STREAM]).bytes).toEqual(bytes);
  });
});
