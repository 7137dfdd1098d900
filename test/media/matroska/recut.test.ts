import { describe, expect, it } from 'vitest';
import { MatroskaError } from '../../../src/media/matroska/error.ts';
import { Recutter } from '../../../src/media/matroska/recut.ts';
import { FIXTURES, fixture } from '../../support/fixtures.ts';
import {
  type Bytes,
  blockGroup,
  cluster,
  concat,
  ebmlHeader,
  hex,
  info,
  segment,
  simpleBlock,
  tags,
  text,
  tracks,
} from '../../support/mkv.ts';
import { type Document, walk } from '../../support/walk.ts';

const VIDEO = 1;
const SOUND = 2;

function recut(bytes: Bytes, step = bytes.length): Bytes {
  const recutter = new Recutter();
  const out: Bytes[] = [];
  for (let at = 0; at < bytes.length; at += step) out.push(recutter.push(bytes.subarray(at, at + step)));
  return concat(...out, recutter.end());
}

/** `V40` is a picture shown at 40 ms, `K40` one that needs no other, `a40` sound. */
const block = (frame: string, base: number): Bytes =>
  simpleBlock({
    track: frame.startsWith('a') ? SOUND : VIDEO,
    time: Number(frame.slice(1)) - base,
    key: !frame.startsWith('V'),
    data: text(frame),
  });
const documentOf = (numbers: readonly number[], ...clusters: readonly Bytes[]): Bytes =>
  concat(
    ebmlHeader(),
    segment([
      info(),
      tracks(numbers.map((number) => (number === SOUND ? { number, type: 'audio' as const } : { number }))),
      ...clusters,
    ]),
  );
/** One Cluster of these frames. */
const frames = (list: string, base = 0): Bytes =>
  cluster(
    { timecode: base },
    list.split(' ').map((frame) => block(frame, base)),
  );
/** Each Cluster as its timecode and its frames. */
const shown = ({ clusters }: Document): string[] =>
  clusters.map(
    ({ timecode, frames }) => `${timecode}: ${frames.map(({ data }) => Buffer.from(data).toString()).join(' ')}`,
  );
const clustersOf = (bytes: Bytes): string[] => walk(recut(bytes)).flatMap(shown);

/** Frames of a Cluster that are not later than every frame of the one before. */
const overlaps = ({ clusters }: Document): number =>
  clusters.filter(({ frames }, index) => {
    const before = clusters[index - 1]?.frames.map(({ time }) => time) ?? [];
    return Math.min(...frames.map(({ time }) => time)) <= Math.max(-1, ...before);
  }).length;
const allFrames = ({ clusters }: Document) =>
  clusters
    .flatMap(({ frames }) =>
      frames.map(({ track, time, data }) => `${track} ${time} ${Buffer.from(data).toString('hex')}`),
    )
    .sort();

describe('Clusters cut anew', () => {
  it('begin with key frames, behind all that is shown before them', () => {
    // As ffmpeg interleaves it: by when pictures are decoded, so that sound follows a picture that is shown after it.
    const media = documentOf(
      [VIDEO, SOUND],
      frames('K80 a0 V160 V120 a500 V1040 V1000 a960', 0),
      frames('K1080 a1040 a1070 a1080 V1160 a1200 V1120', 1080),
    );
    expect(clustersOf(media)).toEqual([
      '0: K80 a0 V160 V120 a500 V1040 V1000 a960 a1040 a1070',
      '1080: K1080 a1080 V1160 a1200 V1120',
    ]);
  });

  it('take with them the pictures that need their key frame and are shown before it', () => {
    const media = documentOf([VIDEO, SOUND], frames('K0 a0 V500 a960 K1080 V1040 a1030 a1050 V1160 a1100'));
    expect(clustersOf(media)).toEqual(['0: K0 a0 V500 a960 a1030', '1040: K1080 V1040 a1050 V1160 a1100']);
  });

  it('join what was cut where bytes or seconds were full', () => {
    const media = documentOf([VIDEO], frames('K0 V400'), frames('V800 V1200', 800), frames('V1600 K2000', 1600));
    expect(clustersOf(media)).toEqual(['0: K0 V400 V800 V1200 V1600', '2000: K2000']);
  });

  it('last at least a second where every frame is a key frame', () => {
    expect(clustersOf(documentOf([VIDEO], frames('K0 K400 K800 K1200 K1600 K2000 K2400')))).toEqual([
      '0: K0 K400 K800',
      '1200: K1200 K1600 K2000',
      '2400: K2400',
    ]);
  });

  it('are cut at the first track where there is no video', () => {
    expect(clustersOf(documentOf([SOUND], frames('a0 a600'), frames('a1200 a1800', 1200)))).toEqual([
      '0: a0 a600',
      '1200: a1200 a1800',
    ]);
  });

  it('do not begin where a track would have no part in them, as sound that ends a little early', () => {
    const media = documentOf([VIDEO, SOUND], frames('K0 a0 K1000 a1000 V1400 a1400 K2000 V2400'));
    expect(clustersOf(media)).toEqual(['0: K0 a0', '1000: K1000 a1000 V1400 a1400 K2000 V2400']);
  });

  it('begin all the same when they would get too long, so that the service says which track is missing', () => {
    const pictures = Array.from({ length: 16 }, (_, second) => `K${second * 1000}`).join(' ');
    expect(clustersOf(documentOf([VIDEO, SOUND], frames(`a0 ${pictures}`))).length).toBeGreaterThan(1);
  });

  it('are begun anew where a time is out of reach of their timestamp', () => {
    const media = documentOf([VIDEO], frames('K0'), frames('V40000', 40_000));
    expect(clustersOf(media)).toEqual(['0: K0', '40000: V40000']);
  });

  it('take BlockGroups, whose key frames are those without a reference', () => {
    const groups = [0, 1000, 1500, 2000].map((time) =>
      blockGroup({ time, key: time !== 1000, data: text(`g${time}`), duration: 500 }),
    );
    expect(clustersOf(documentOf([VIDEO], cluster({ timecode: 0 }, groups)))).toEqual([
      '0: g0 g1000',
      '1500: g1500 g2000',
    ]);
  });

  describe('of H.264 and H.265 begin with key frames of the bitstream', () => {
    const nal = (unit: string): Bytes => concat(hex('000000'), Uint8Array.of(unit.length / 2), hex(unit));
    const [IDR, P, CRA, TRAIL] = ['6588843a26b4', '419a384c', '2a01af08', '0201d009'].map(nal) as [
      Bytes,
      Bytes,
      Bytes,
      Bytes,
    ];
    const AVC = { codecId: 'V_MPEG4/ISO/AVC', codecPrivate: hex('0142c01e ff e0 00') };
    const HEVC = {
      codecId: 'V_MPEGH/ISO/HEVC',
      codecPrivate: hex('0121 60000000 900000000000 7b f000 fcfdf8f8 0000 0f00'),
    };
    const begins = (codec: { codecId: string; codecPrivate?: Bytes }, ...blocks: readonly Bytes[]): number[] => {
      const header = segment([info(), tracks([{ number: 1, ...codec }]), cluster({ timecode: 0 }, blocks)]);
      return walk(recut(concat(ebmlHeader(), header))).flatMap(({ clusters }) =>
        clusters.map(({ timecode }) => Number(timecode)),
      );
    };
    const simple = (time: number, data: Bytes, key: boolean) => simpleBlock({ time, data, key });
    const grouped = (time: number, data: Bytes, key: boolean) => blockGroup({ time, data, key });

    it.each([
      ['SimpleBlocks', simple],
      ['BlockGroups', grouped],
    ])('in %s that mark no frame', (_, block) => {
      expect(begins(AVC, block(0, IDR, false), block(1000, P, false), block(2000, IDR, false))).toEqual([0, 2000]);
      expect(begins(HEVC, block(0, CRA, false), block(1000, TRAIL, false), block(2000, CRA, false))).toEqual([0, 2000]);
    });

    it.each([
      ['SimpleBlocks', simple],
      ['BlockGroups', grouped],
    ])('in %s that mark each frame', (_, block) => {
      expect(begins(AVC, block(0, IDR, true), block(1000, P, true), block(2000, IDR, true))).toEqual([0, 2000]);
      expect(begins(HEVC, block(0, CRA, true), block(1000, TRAIL, true), block(2000, CRA, true))).toEqual([0, 2000]);
    });

    it('where several share a block, by the first', () => {
      const laced = (time: number, ...list: readonly Bytes[]) => simpleBlock({ time, lacing: 'ebml', frames: list });
      expect(begins(AVC, laced(0, IDR, P), laced(1000, P, IDR), laced(2000, IDR, P))).toEqual([0, 2000]);
    });

    it('whatever kind of track it says it is', () => {
      const sound = { number: 1, type: 'audio' as const };
      const track = { number: 2, type: 'audio' as const, ...AVC };
      const block = (time: number, on: number, data: Bytes) => simpleBlock({ time, track: on, data, key: on === 1 });
      const blocks = [
        ...[block(0, 2, IDR), block(0, 1, text('a')), block(1000, 2, P), block(1000, 1, text('a'))],
        ...[block(2000, 2, IDR), block(2000, 1, text('a'))],
      ];
      const media = concat(ebmlHeader(), segment([info(), tracks([sound, track]), cluster({ timecode: 0 }, blocks)]));
      expect(walk(recut(media)).flatMap(({ clusters }) => clusters.map(({ timecode }) => Number(timecode)))).toEqual([
        0, 2000,
      ]);
    });

    it('and with those of the container where there is no codec private data', () => {
      const marked = [simple(0, CRA, true), simple(1000, TRAIL, false), simple(2000, CRA, true)];
      expect(begins({ codecId: AVC.codecId }, ...marked)).toEqual([0, 2000]);
    });

    it('and of other codecs with those of the container', () => {
      expect(
        begins({ codecId: 'V_VP8' }, simple(0, IDR, true), simple(1000, P, true), simple(2000, IDR, false)),
      ).toEqual([0, 1000]);
    });
  });

  it('leave out what stands between Clusters, and keep the header', () => {
    const media = documentOf([VIDEO], tags({ in: 'front' }), frames('K0'), tags({ be: 'hind' }), frames('K1000', 1000));
    const out = Buffer.from(recut(media));
    expect(out.includes('front')).toBe(true);
    expect(out.includes('hind')).toBe(false);
  });

  it('are those of each document by itself', () => {
    const one = documentOf([VIDEO], frames('K0 V500'));
    const documents = walk(recut(concat(one, documentOf([VIDEO], frames('K100 K1200')))));
    expect(documents.map(shown)).toEqual([['0: K0 V500'], ['100: K100', '1200: K1200']]);
  });

  it.each(FIXTURES.filter((name) => name !== 'mkvmerge-lacing.mkv'))(
    'of %s hold the same frames at the same times',
    (name) => {
      const before = walk(fixture(name));
      const after = walk(recut(fixture(name)));
      expect(after.flatMap(allFrames)).toEqual(before.flatMap(allFrames));
      expect(after.map(overlaps)).toEqual([0]);
      const lead = before[0]?.tracks[0]?.number;
      for (const { frames } of after.flatMap(({ clusters }) => clusters))
        expect(frames.find(({ track }) => track === lead)?.key).toBe(true);
    },
  );

  it('do not depend on how the bytes come', () => {
    const bytes = fixture('h264-bframes-overlap.mkv');
    const whole = recut(bytes);
    for (const step of [1, 7, 4096]) expect(Buffer.compare(recut(bytes, step), whole)).toBe(0);
  });

  it('are refused where there is no Matroska', () => {
    expect(() => recut(text('this is no Matroska at all'))).toThrow(MatroskaError);
    const late = documentOf([VIDEO], frames('K0'));
    expect(() => recut(concat(late, new Uint8Array(64)))).toThrow(`at byte ${late.length}`);
  });
});
