import { describe, expect, it } from 'vitest';
import { concatenate } from '../../../src/media/bytes/concatenate.ts';
import { decodeTimes } from '../../../src/media/codec/timing.ts';
import { type Mp4File, progressiveMp4 } from '../../../src/media/fmp4/progressive.ts';
import { finish, type Steps } from '../../../src/media/steps.ts';
import { FIXTURES, type Fixture, fixture, fixturePath } from '../../support/fixtures.ts';
import { boxAt, boxesIn } from '../support/boxes.ts';
import { fragmentsOf, framesOf, samplesByFragment, tracksOf } from '../support/fragments.ts';
import { decodedFrames, hasFfmpeg, packetsOf, soundHash, streamsOf, withFile } from '../support/judge.ts';
import { sourcePackets } from '../support/sources.ts';

const fileOf = (steps: Steps<Mp4File>): Uint8Array => concatenate([...finish(steps).pieces]);

const CREATED = Date.UTC(2026, 10, 22, 12);

/** All fragments of the file from `baseMs` on, each track's times laid out over all of it. */
function clip(name: Fixture, baseMs = 0): Uint8Array {
  const fragments = fragmentsOf(fixture(name), 65_536);
  const tracks = tracksOf(fragments[0]!).map(({ config, track }) => {
    const frames = fragments.flatMap((fragment) =>
      framesOf(fragment, track.number).map((frame) => ({ ...frame, timeNs: frame.timeNs + fragment.timeMs * 1e6 })),
    );
    return { config, samples: decodeTimes(config, frames, { startMs: baseMs }) };
  });
  return fileOf(progressiveMp4({ tracks, creationTime: CREATED }));
}

describe.skipIf(!hasFfmpeg)('a whole MP4', () => {
  it.each(FIXTURES)(
    '%s: ffprobe finds all frames, byte for byte, from 0 on, and decodes them without a warning',
    (name) => {
      withFile('clip.mp4', clip(name, 5000), (path) => {
        const kinds = tracksOf(fragmentsOf(fixture(name))[0]!).map(({ config }) => config.kind);
        const sources = kinds.map((kind) => sourcePackets(name, kind));
        const zero = Math.min(...sources.flat().map(({ pts }) => pts));
        kinds.forEach((kind, k) => {
          const source = sources[k]!;
          const packets = packetsOf(path, kind);
          // ffprobe shows a chunk of G.711 as one packet.
          if (packets.length !== source.length) expect(name).toBe('h264-mulaw-gop1s.mkv');
          else expect(packets.map(({ hash, key }) => [hash, key])).toEqual(source.map(({ hash, key }) => [hash, key]));
          packets.forEach(({ pts }, i) => {
            if (packets.length === source.length) expect(Math.abs(pts - (source[i]!.pts - zero))).toBeLessThan(0.00101);
          });
        });
      });
    },
  );

  it.each(['h264-bframes-aac-gop2s.mkv', 'h265-aac-gop1s.mkv', 'h264-mulaw-gop1s.mkv'] as const)(
    '%s: decodes to the source’s pictures and sound',
    (name) => {
      withFile('clip.mp4', clip(name), (path) => {
        const source = decodedFrames(fixturePath(name), 'video');
        const pictures = decodedFrames(path, 'video');
        expect(pictures.map(({ hash }) => hash)).toEqual(source.map(({ hash }) => hash));
        pictures.forEach(({ time }, i) => {
          expect(Math.abs(time - source[i]!.time)).toBeLessThan(0.00101);
        });
        expect(soundHash(path)).toBe(soundHash(fixturePath(name)));
      });
    },
  );

  it('has tracks in milliseconds and in samples, in English, with the creation time it is told', () => {
    withFile('clip.mp4', clip('h264-aac-gop1s.mkv'), (path) => {
      expect(streamsOf(path, 'time_base', 'codec_tag_string')).toEqual([
        { codec_tag_string: 'avc1', time_base: '1/1000' },
        { codec_tag_string: 'mp4a', time_base: '1/48000' },
      ]);
      const tags = streamsOf(path, 'id:stream_tags=language,creation_time,handler_name') as unknown as {
        tags: object;
      }[];
      expect(tags[0]!.tags).toEqual({
        language: 'eng',
        creation_time: '2026-11-22T12:00:00.000000Z',
        handler_name: 'USP Video Handler',
      });
    });
  });
});

describe('the boxes of a whole MP4', () => {
  const file = clip('h264-bframes-aac-gop2s.mkv');

  it('are ftyp, moov and mdat', () => {
    expect(boxesIn(file).map(({ type }) => type)).toEqual(['ftyp', 'moov', 'mdat']);
  });

  it('have an edit list where B-frames put decoding before showing', () => {
    const edits = boxAt(file, 'moov/trak/edts/elst').view;
    expect(edits.getUint32(4)).toBe(1);
    expect(Number(edits.getBigUint64(16))).toBe(80);
  });

  it('give each track the length of its samples', () => {
    const [{ config }] = tracksOf(fragmentsOf(fixture('h264-gop2s.mkv'))[0]!) as [ReturnType<typeof tracksOf>[0]];
    const samples = samplesByFragment(fragmentsOf(fixture('h264-gop2s.mkv')), config).flat();
    const alone = fileOf(progressiveMp4({ tracks: [{ config, samples }], creationTime: 0 }));
    expect(boxAt(alone, 'moov/trak/mdia/mdhd').view.getUint32(16)).toBe(4000);
    expect(boxAt(alone, 'moov/mvhd').view.getUint32(16)).toBe(4000);
  });

  it('leave out a track that has no samples', () => {
    const [video, audio] = tracksOf(fragmentsOf(fixture('h264-aac-gop1s.mkv'))[0]!);
    const samples = samplesByFragment(fragmentsOf(fixture('h264-aac-gop1s.mkv')), video!.config).flat();
    const tracks = [
      { config: video!.config, samples },
      { config: audio!.config, samples: [] },
    ];
    const moov = boxAt(fileOf(progressiveMp4({ tracks, creationTime: 0 })), 'moov');
    expect(boxesIn(moov.body).map(({ type }) => type)).toEqual(['mvhd', 'trak']);
  });
});
