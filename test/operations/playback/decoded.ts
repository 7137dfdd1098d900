// The frames that ffmpeg decodes from whatever a recording can be played as.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Bytes } from '../../support/mkv.ts';
import { output } from '../../support/programs.ts';
import { type Service, START } from '../../support/service.ts';
import { walk } from '../../support/walk.ts';
import { joined, outputsOf, type Way } from './outputs.ts';

export type Kind = 'v' | 'a';
/** The file that each kind of track is in. */
export type Written = Partial<Record<Kind, string>>;

export interface Decoded {
  readonly md5: string;
  /** Milliseconds. */
  readonly time: number;
}
export type Frames = Partial<Record<Kind, readonly Decoded[]>>;

/** The kinds of a source's tracks, in their order. */
export const kindsOf = (source: Bytes): Kind[] =>
  (walk(source)[0]?.tracks ?? []).map(({ codecId }) => (codecId.startsWith('V_') ? 'v' : 'a'));

/** Every decoded frame of the files, from one process. */
export async function decode(written: Written): Promise<Frames> {
  const kinds = Object.keys(written) as Kind[];
  const files = [...new Set(Object.values(written))];
  const inputs = files.flatMap((file) => ['-i', file]);
  const maps = kinds.flatMap((kind) => ['-map', `${files.indexOf(written[kind] as string)}:${kind}`]);
  // Otherwise ffmpeg counts pictures in units of their rate and rounds the times it was given.
  const exact = kinds.includes('v') ? ['-fps_mode', 'passthrough', '-enc_time_base:v', '1:90000'] : [];
  const args = ['-nostdin', '-v', 'error', '-copyts', ...inputs, ...maps, ...exact, '-f', 'framemd5', '-'];
  const text = (await output('ffmpeg', args)).toString();
  const lines = text.split('\n').filter((line) => /^\d/.test(line));
  const frames = lines.map((line) => line.split(',').map((part) => part.trim()));
  return Object.fromEntries(
    kinds.map((kind, stream) => {
      const [, num, den] = new RegExp(`^#tb ${stream}: (\\d+)/(\\d+)`, 'm').exec(text) ?? [];
      const own = frames.filter(([index]) => Number(index) === stream);
      return [
        kind,
        own.map(([, , pts, , , md5]): Decoded => {
          return { md5: md5 as string, time: (Number(pts) * 1000 * Number(num)) / Number(den) };
        }),
      ];
    }),
  );
}

/** Writes all of the stream's recording as files into `folder`; throws what the service answers. */
export async function write(service: Service, way: Way, kinds: readonly Kind[], folder: string): Promise<Written> {
  const written: Written = {};
  const numbers = kinds.map((_, at) => at + 1);
  for (const output of await outputsOf(service, way, numbers)) {
    const path = join(folder, `${output.tracks.join()}.${output.container === 'MP4' ? 'mp4' : 'ts'}`);
    writeFileSync(path, joined(output));
    for (const track of output.tracks) written[kinds[track - 1] as Kind] = path;
  }
  return written;
}

/** Of the frames of each kind, in ms. */
type Times = Partial<Record<Kind, readonly number[]>>;
export const timesOf = (frames: Frames): Times =>
  Object.fromEntries(Object.entries(frames).map(([kind, own]) => [kind, own.map(({ time }) => time)]));
const first = (times: Times, kind: Kind): number => times[kind]?.[0] ?? Number.POSITIVE_INFINITY;

/** `ms` on the clock of MPEG-TS: 33 bits at 90 kHz. */
export const toTransportTime = (ms: number): number => ((ms * 90) % 2 ** 33) / 90;

/** Where each output has the source's time 0, in ms, if that was sent as of START. */
export const ZERO: Readonly<Record<Way, (source: Times, ours: Times) => number>> = {
  'HLS with fMP4': () => START,
  'HLS with MPEG-TS': () => toTransportTime(START),
  // On a timeline of its own, but as of a whole millisecond of it.
  DASH: (source, ours) => {
    const kind = source.v ? 'v' : 'a';
    return Math.round(first(ours, kind) - first(source, kind));
  },
  // What is first of all is at 0.
  GetClip: (source) => -Math.min(first(source, 'v'), first(source, 'a')),
};

/** Clocks count units: 90 kHz for pictures, samples for sound. One of 44.1 kHz is the longest that AAC has here. */
const TICK_MS = 1000 / 44_100;
/**
 * How far a frame may be from its time. A picture not at all: the outputs count pictures in milliseconds as Matroska does.
 * Matroska says in whole milliseconds when a frame of sound begins, rounded or cut; the outputs in samples. So these
 * differ by less than a millisecond.
 */
export const TOLERANCE_MS: Readonly<Record<Kind, number>> = { v: TICK_MS, a: 1 + TICK_MS };

/** The same frames at the same times, `zero` on. */
export function expectFrames(ours: Frames, source: Frames, zero: number, what: string): void {
  expect(Object.keys(ours), what).toEqual(Object.keys(source));
  for (const [kind, theirs] of Object.entries(source) as [Kind, readonly Decoded[]][]) {
    const frames = ours[kind] as readonly Decoded[];
    expect(theirs.length, `${what} ${kind}`).toBeGreaterThan(0);
    expect(md5s(frames), `${what} ${kind}`).toEqual(md5s(theirs));
    const [ourTimes = [], theirTimes = []] = [timesOf(ours)[kind], timesOf(source)[kind]];
    expectTimes(ourTimes, theirTimes, zero, TOLERANCE_MS[kind], `${what} ${kind}`);
  }
}
const md5s = (frames: readonly Decoded[]): string[] => frames.map(({ md5 }) => md5);

/** The same times, `zero` on: the error is as small at the end as at the beginning. */
export function expectTimes(
  ours: readonly number[],
  theirs: readonly number[],
  zero: number,
  toleranceMs: number,
  what: string,
): void {
  expect(ours.length, `${what}: frames`).toBe(theirs.length);
  const errors = ours.map((time, at) => Math.abs(time - (theirs[at] as number) - zero));
  expect(Math.max(...errors), `${what}: worst error in ms`).toBeLessThan(toleranceMs);
}
