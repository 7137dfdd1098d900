import { describe, expect, it } from 'vitest';
import { initSegment } from '../../../src/media/fmp4/initSegment.ts';
import { mediaSegment } from '../../../src/media/fmp4/mediaSegment.ts';
import type { TrackConfig } from '../../../src/media/sample.ts';
import { fixture, fixturePath } from '../../support/fixtures.ts';
import { fragmentsOf, samplesByFragment } from '../support/fragments.ts';
import { decodedFrames, hasFfmpeg, packetsOf, streamsOf, withFile } from '../support/judge.ts';
import { fixtureTracks, sourcePackets } from '../support/sources.ts';

/** The instant of the file's time 0: epoch times, as sessions by producer timestamps have them. */
const BASE_MS = 1_790_000_000_123;
const TAGS = { avc: 'avc1', hevc: 'hvc1', aac: 'mp4a', alaw: 'alaw', ulaw: 'ulaw' };

function fragmentedFile(name: string, config: TrackConfig): Uint8Array {
  const segments = samplesByFragment(fragmentsOf(fixture(name), 65_536), config, BASE_MS);
  const media = segments.map((samples, i) => mediaSegment({ config, sequenceNumber: i, samples }));
  return Buffer.concat([initSegment(config), ...media]);
}

describe.skipIf(!hasFfmpeg)('init segment and media segments in a row', () => {
  it.each(fixtureTracks())(
    '%s, %s: ffprobe finds the source’s frames, byte for byte, at their times',
    (name, kind, config) => {
      const source = sourcePackets(name, kind);
      const packets = withFile('out.mp4', fragmentedFile(name, config), (path) => packetsOf(path, kind));
      expect(packets.map(({ hash, key }) => [hash, key])).toEqual(source.map(({ hash, key }) => [hash, key]));
      packets.forEach(({ pts, dts }, i) => {
        expect(Math.abs(pts - BASE_MS / 1000 - source[i]!.pts)).toBeLessThan(kind === 'video' ? 0.0005 : 0.00101);
        expect(dts).toBeLessThanOrEqual(pts);
        if (i > 0) expect(dts).toBeGreaterThan(packets[i - 1]!.dts);
      });
    },
  );

  const different = [
    'aac.mkv',
    'gst-streamable.mkv',
    'h264-bframes-aac-gop2s.mkv',
    'h264-mulaw-gop1s.mkv',
    'h265-aac-gop1s.mkv',
  ];
  const toDecode = fixtureTracks().filter(([name]) => different.includes(name));

  it.each(toDecode)('%s, %s: decodes to the source’s frames without a warning', (name, kind, config) => {
    const source = decodedFrames(fixturePath(name), kind);
    const decoded = withFile('out.mp4', fragmentedFile(name, config), (path) => decodedFrames(path, kind));
    expect(decoded.map(({ hash }) => hash)).toEqual(source.map(({ hash }) => hash));
    decoded.forEach(({ time }, i) => {
      expect(Math.abs(time - BASE_MS / 1000 - source[i]!.time)).toBeLessThan(kind === 'video' ? 0.0005 : 0.00101);
    });
  });

  it.each(toDecode)('%s, %s: says what the track is', (name, kind, config) => {
    const entries = ['codec_name', 'codec_tag_string', 'width', 'height', 'sample_rate', 'channels', 'profile'];
    const source = streamsOf(fixturePath(name), ...entries).find(
      ({ width }) => (width !== undefined) === (kind === 'video'),
    );
    const [out] = withFile('out.mp4', fragmentedFile(name, config), (path) => streamsOf(path, ...entries));
    expect(out).toEqual({ ...source, codec_tag_string: TAGS[config.codec] });
  });
});
