import { describe, expect, it } from 'vitest';
import { MatroskaError } from '../../../src/media/matroska/error.ts';
import { readFrames, readTracks } from '../../../src/media/matroska/samples.ts';
import { fixture } from '../../support/fixtures.ts';
import { ID } from '../../support/ids.ts';
import * as mkv from '../../support/mkv.ts';
import { fragmentsOf, framesOf } from '../support/fragments.ts';

const header = (...tracks: mkv.Bytes[]): mkv.Bytes =>
  mkv.concat(mkv.ebmlHeader(), mkv.openMaster(ID.Segment, 'unknown8'), mkv.info(), mkv.element(ID.Tracks, tracks));
const context = (bytes: Uint8Array = header(mkv.trackEntry({ number: 1 })), timestampScale = 1_000_000n) => ({
  bytes,
  timestampScale,
});
const read = (cluster: mkv.Bytes, from = context()) => readFrames(from, [cluster]);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('readTracks', () => {
  it('tells what the header says of each track', () => {
    expect(readTracks(fragmentsOf(fixture('h264-aac-gop1s.mkv'))[0]!.header.bytes)).toEqual([
      {
        number: 1,
        kind: 'video',
        codec: 'avc',
        codecId: 'V_MPEG4/ISO/AVC',
        codecPrivate: expect.any(Uint8Array),
        width: 320,
        height: 180,
        defaultDurationNs: 40_000_000,
      },
      {
        number: 2,
        kind: 'audio',
        codec: 'aac',
        codecId: 'A_AAC',
        codecPrivate: expect.any(Uint8Array),
        sampleRate: 48_000,
        channels: 1,
      },
    ]);
  });

  it.each([
    ['V_MPEG4/ISO/AVC', 'avc'],
    ['V_MPEG4/ISO/AVC\0\0\0\0', 'avc'],
    ['V_MPEG/ISO/AVC', 'avc'],
    ['V_MPEGH/ISO/HEVC', 'hevc'],
    ['V_MPEG/ISO/HEVC', 'hevc'],
    ['A_AAC', 'aac'],
    ['A_AAC/MPEG4/LC', 'aac'],
    ['A_OPUS', 'unknown'],
    ['A_MS/ACM', 'unknown'],
    ['', 'unknown'],
  ])('knows %j as %s', (codecId, codec) => {
    const [track] = readTracks(header(mkv.trackEntry({ number: 1, codecId })));
    expect(track).toMatchObject({ codec, codecId: codecId.replaceAll('\0', '') });
    expect(track).not.toHaveProperty('codecPrivate');
  });

  it('takes pictures and sound for what their codec is, whatever the type of their track', () => {
    const kindOf = (codecId: string, type: 'audio' | 'video') =>
      readTracks(header(mkv.trackEntry({ number: 1, codecId, type })))[0]?.kind;
    expect(['V_MPEG4/ISO/AVC', 'V_MPEGH/ISO/HEVC'].map((id) => kindOf(id, 'audio'))).toEqual(['video', 'video']);
    expect(kindOf('A_AAC', 'video')).toBe('audio');
    expect([kindOf('V_VP8', 'video'), kindOf('A_OPUS', 'audio')]).toEqual(['video', 'audio']);
  });

  it.each([
    [6, 'alaw'],
    [7, 'ulaw'],
    [1, 'unknown'],
  ])('tells the law of G.711 by format tag %i: %s', (tag, codec) => {
    const codecPrivate = Uint8Array.of(tag, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x40, 0x1f, 0, 0, 1, 0, 8, 0);
    const entry = mkv.trackEntry({ number: 2, type: 'audio', codecId: 'A_MS/ACM', codecPrivate });
    expect(readTracks(header(entry))[0]).toMatchObject({ codec, sampleRate: 48_000 });
  });

  it('does not know the codec of a track whose frames are compressed or encrypted', () => {
    const entry = mkv.element(ID.TrackEntry, [
      mkv.uint(ID.TrackNumber, 1),
      mkv.uint(ID.TrackType, 1),
      mkv.utf8(ID.CodecID, 'V_MPEG4/ISO/AVC'),
      mkv.element(0x6d80, mkv.hex('00')),
    ]);
    expect(readTracks(header(entry))[0]).toMatchObject({ codec: 'unknown' });
  });

  it('refuses bytes that are no header, or break off', () => {
    const whole = header(mkv.trackEntry({ number: 1 }));
    for (const bytes of [mkv.text('nothing'), whole.subarray(0, 30), whole.subarray(0, whole.length - 1)]) {
      expect(() => readTracks(bytes)).toThrow(MatroskaError);
    }
    expect(() => readTracks(header(mkv.element(ID.TrackEntry, [])))).toThrow('a TrackEntry without a TrackNumber');
  });
});

describe('readFrames', () => {
  it('gives each track its frames with times from the Cluster’s, before and after it', () => {
    const cluster = mkv.cluster({ timecode: 5000 }, [
      mkv.simpleBlock({ track: 2, time: -21, key: true, data: mkv.text('sound') }),
      mkv.simpleBlock({ track: 1, time: 0, key: true, data: mkv.text('key') }),
      mkv.simpleBlock({ track: 1, time: 40, data: mkv.text('delta') }),
    ]);
    const frames = read(cluster);
    expect([...frames.keys()]).toEqual([2, 1]);
    expect(frames.get(1)).toEqual([
      { data: mkv.text('key'), key: true, timeNs: 0 },
      { data: mkv.text('delta'), key: false, timeNs: 40_000_000 },
    ]);
    expect(frames.get(2)![0]).toMatchObject({ timeNs: -21_000_000 });
  });

  it('counts in the ticks of the document', () => {
    const cluster = mkv.cluster({ timecode: 0 }, [mkv.simpleBlock({ time: 3 })]);
    expect(read(cluster, context(undefined, 100_000n)).get(1)![0]!.timeNs).toBe(300_000);
  });

  it('takes a BlockGroup for a key frame if it refers to no other, and knows its duration', () => {
    const cluster = mkv.cluster({ timecode: 0 }, [
      mkv.blockGroup({ key: true, duration: 33 }),
      mkv.blockGroup({ key: false, time: 33 }),
    ]);
    expect(read(cluster).get(1)).toEqual([
      { data: mkv.text('frame'), key: true, timeNs: 0, durationNs: 33_000_000 },
      { data: mkv.text('frame'), key: false, timeNs: 33_000_000 },
    ]);
  });

  it.each(['xiph', 'ebml', 'fixed'] as const)('parts the frames of a lace: %s', (lacing) => {
    const frames = ['one', 'two', 'six'].map(mkv.text);
    const entry = mkv.trackEntry({ number: 1, type: 'audio' });
    const cluster = mkv.cluster({ timecode: 0 }, [mkv.simpleBlock({ lacing, frames, time: 5 })]);
    const found = read(cluster, context(header(entry))).get(1)!;
    expect(found.map(({ data }) => text(data))).toEqual(['one', 'two', 'six']);
    // 1024 samples of 48 kHz each.
    expect(found.map(({ timeNs }) => timeNs)).toEqual([5_000_000, 26_333_333, 47_666_667]);
  });

  it('gives laced frames the times of the file before it was laced', () => {
    const times = (name: string) =>
      fragmentsOf(fixture(name)).flatMap((one) => framesOf(one, 2).map(({ timeNs }) => one.timeMs + timeNs / 1e6));
    const plain = times('h264-aac-gop1s.mkv');
    const laced = times('mkvmerge-lacing.mkv');
    expect(laced).toHaveLength(plain.length);
    for (const [i, time] of laced.entries()) expect(Math.abs(time - plain[i]!)).toBeLessThan(1);
  });

  it.each(['unknown1', 'unknown8', 'known'] as const)('ends a Cluster of %s size where Tags follow', (size) => {
    const cluster = mkv.concat(
      mkv.cluster({ timecode: 0, size }, [mkv.simpleBlock(), mkv.voidElement(10)]),
      mkv.tags({ A: 'b' }),
      mkv.voidElement(20),
    );
    expect(read(cluster).get(1)).toHaveLength(1);
  });

  it('reads a Cluster that comes in pieces as one that comes whole', () => {
    for (const name of ['h264-bframes-aac-gop2s.mkv', 'gst-streamable.mkv', 'mkvmerge-lacing.mkv']) {
      const whole = fragmentsOf(fixture(name));
      const pieces = fragmentsOf(fixture(name), 1000);
      expect(pieces[0]!.pieces.length).toBeGreaterThan(5);
      whole.forEach((one, i) => {
        for (const track of [1, 2]) expect(framesOf(pieces[i]!, track)).toEqual(framesOf(one, track));
      });
    }
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['no Cluster', mkv.tags({ A: 'b' })],
    ['a Cluster that breaks off', mkv.cluster({ timecode: 0, size: 'known' }, [mkv.simpleBlock()]).subarray(0, 10)],
    ['a Block that breaks off', mkv.cluster({ timecode: 0 }, [mkv.simpleBlock()]).subarray(0, 14)],
    ['Tracks inside a Cluster', mkv.cluster({ timecode: 0, size: 'known' }, [mkv.tracks()])],
    ['zeros', mkv.cluster({ timecode: 0 }, [new Uint8Array(9)])],
  ])('refuses %s', (_, bytes) => {
    expect(() => read(bytes)).toThrow(MatroskaError);
  });
});

describe('a fragment of more frames than anybody can have made in 20 s', () => {
  const frames = (count: number) =>
    mkv.cluster({ timecode: 0 }, [new Uint8Array(Buffer.alloc(count * 7, Buffer.from('a3858100000041', 'hex')))]);

  it('has the first 20,000 of a track, and one without bytes that says so', () => {
    expect(read(frames(20_000)).get(1)).toHaveLength(20_000);
    const found = read(frames(90_000)).get(1) ?? [];
    expect(found).toHaveLength(20_001);
    expect(found.at(-1)).toMatchObject({ data: new Uint8Array(), fault: expect.stringContaining('more than 20000') });
  });

  it('has so many also if they share Blocks', () => {
    const block = mkv.concat(mkv.hex('a3410581000084ff'), new Uint8Array(256));
    const found = read(mkv.cluster({ timecode: 0 }, Array(1000).fill(block))).get(1) ?? [];
    expect(found.length).toBeLessThan(20_300);
    expect(found.at(-1)).toMatchObject({ fault: expect.stringContaining('more than 20000') });
  });

  it('cannot be read if it is made of empty elements', () => {
    const empty = new Uint8Array(Buffer.alloc(300_000, Buffer.from('ec80', 'hex')));
    expect(() => read(mkv.cluster({ timecode: 0 }, [empty]))).toThrow('more than 100000 elements in a Cluster');
  });
});
