import { readFileSync } from 'node:fs';
import type { Bytes } from './mkv.ts';

/** The files of fixtures/media; its README says what is in each. */
export const FIXTURES = [
  'aac.mkv',
  'ffmpeg-live.mkv',
  'ffmpeg-pipe.mkv',
  'gst-streamable.mkv',
  'h264-aac-1fps.mkv',
  'h264-aac-gop1s.mkv',
  'h264-bframes-aac-1080p.mkv',
  'h264-bframes-aac-gop2s.mkv',
  'h264-bframes-overlap.mkv',
  'h264-gop2s.mkv',
  'h264-mulaw-gop1s.mkv',
  'h264-opengop-aac-4fps.mkv',
  'h265-aac-gop1s.mkv',
  'h265-opengop-4fps.mkv',
  'mkvmerge-blockgroups.mkv',
  'mkvmerge-lacing.mkv',
] as const;
export type Fixture = (typeof FIXTURES)[number];

/** ffmpeg counts whole milliseconds inside a lace; so it is asked about the times of the file that was laced. */
export const UNLACED: Partial<Record<Fixture, Fixture>> = {
  'mkvmerge-lacing.mkv': 'h264-aac-gop1s.mkv',
  'mkvmerge-blockgroups.mkv': 'h264-aac-gop1s.mkv',
};

export const fixturePath = (name: string): string => new URL(`../../fixtures/media/${name}`, import.meta.url).pathname;
export const fixture = (name: string): Bytes => new Uint8Array(readFileSync(fixturePath(name)));

/** The sound of h264-mulaw-gop1s.mkv called A-law: the same bytes, heard otherwise. */
export function aLawFixture(): Bytes {
  const bytes = fixture('h264-mulaw-gop1s.mkv');
  // WAVEFORMATEX: tag 7, one channel, 8000 Hz.
  const at = Buffer.from(bytes).indexOf(Buffer.from('07000100401f0000', 'hex'));
  bytes[at] = 6;
  return bytes;
}
