// One fragment as a segment of each kind.

import type { Span } from '../domain/segments/timeline.ts';
import { initSegment } from '../media/fmp4/initSegment.ts';
import { mediaSegment } from '../media/fmp4/mediaSegment.ts';
import { tsSegment } from '../media/mpegts/tsSegment.ts';
import type { Sample } from '../media/sample.ts';
import type { Steps } from '../media/steps.ts';
import { fragmentConfig, fragmentSamples, type MediaHeader } from './fragmentMedia.ts';

/** Where a segment's fragment lies, in ms; see ClosedTimeline and the session's axis. */
export interface SegmentTime {
  readonly startMs: number;
  readonly delayMs: number;
  /** Where decoding must begin and end, if it is not left to the frames. */
  readonly span?: Span | undefined;
  /** How long a picture lasts that is alone in its fragment, if nothing in there tells. */
  readonly loneMs?: number | undefined;
}

/**
 * What a decoder must know of a fragment's track; undefined if it cannot be played.
 * @throws MatroskaError
 */
export function* initOf(
  header: MediaHeader,
  pieces: readonly Uint8Array[],
  track: number,
): Steps<Uint8Array | undefined> {
  const config = yield* fragmentConfig(header, pieces, track);
  return config && initSegment(config);
}

/**
 * A track's part of the fragment as `moof` and `mdat`; undefined if it has none.
 * @throws MatroskaError
 */
export function* mp4Segment(
  header: MediaHeader,
  pieces: readonly Uint8Array[],
  track: number,
  sequenceNumber: number,
  { startMs, delayMs, span, loneMs: fallbackDurationMs }: SegmentTime,
): Steps<Uint8Array | undefined> {
  const timeline = { startMs, delayMs, ...(fallbackDurationMs === undefined ? {} : { fallbackDurationMs }) };
  const [found] = yield* fragmentSamples(header, pieces, timeline, [track]);
  if (found === undefined || found.samples.length === 0) return undefined;
  const { config } = found;
  const samples = span ? fitted(found.samples, span, config.kind) : found.samples;
  yield;
  return mediaSegment({ config, sequenceNumber, samples });
}

/**
 * All of the fragment that can be played as MPEG-TS; undefined if that is nothing.
 * @throws MatroskaError, CodecError
 */
export function* transportSegment(
  header: MediaHeader,
  pieces: readonly Uint8Array[],
  { startMs, delayMs }: SegmentTime,
): Steps<Uint8Array | undefined> {
  const found = yield* fragmentSamples(header, pieces, { startMs, delayMs });
  if (found.every(({ samples }) => samples.length === 0)) return undefined;
  const segment: { -readonly [Part in keyof Parameters<typeof tsSegment>[0]]: Parameters<typeof tsSegment>[0][Part] } =
    {};
  for (const { config, samples } of found) {
    if (config.kind === 'video') segment.video = { config, samples };
    else segment.audio = { config, samples };
  }
  return tsSegment(segment);
}

/**
 * The samples moved so that decoding begins and ends where the timeline says. Pictures keep their time, but for a first
 * one that would be shown before it is decoded; sound moves as a whole, since its frames have a length of their own.
 */
export function fitted(samples: readonly Sample[], { from, duration }: Span, kind: 'video' | 'audio'): Sample[] {
  const shift = kind === 'audio' ? from - (samples[0]?.dts ?? from) : 0;
  const moved = samples.map((sample) => ({ ...sample, dts: sample.dts + shift, pts: sample.pts + shift }));
  let after = from + duration;
  for (let at = moved.length - 1; at >= 0; at--) {
    const sample = moved[at] as (typeof moved)[number];
    // Each sample keeps at least one unit, whatever the timestamps wanted.
    const dts = at === 0 ? from : Math.max(from + at, Math.min(sample.dts, after - 1));
    moved[at] = { ...sample, dts, pts: Math.max(sample.pts, dts), duration: after - dts };
    after = dts;
  }
  return moved;
}
