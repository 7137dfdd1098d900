import type { Frame, Sample, VideoConfig } from '../sample.ts';
import type { Timeline } from './placing.ts';
import { scaleMs } from './timescale.ts';

/** No fragment is longer, so no frame is; a track that says so of its frames is not believed. */
const LONGEST_NS = 20e9;
/** No decoder holds back more pictures (max_dec_frame_buffering); frames farther out of order have wrong times. */
const MOST_REORDERED = 16;

/**
 * Matroska has frames in decode order with the time of presentation alone. Sorted, those times are the beats at which
 * frames are decoded, some beats earlier: as few as it takes for no frame to be shown before it is decoded.
 */
export function videoTimes(config: VideoConfig, frames: readonly Frame[], timeline: Timeline): Sample[] {
  const { timescale } = config;
  const start = scaleMs(timeline.startMs, timescale);
  const given = frames.map(({ timeNs }) => Math.round(start + (timeNs * timescale) / 1e9));
  const { beats, shown } = order(given);
  const told = timeline.delayMs === undefined ? usualDelay(config, beats) : (timeline.delayMs * timescale) / 1000;
  const delay = Math.max(Math.round(told), delayOf(beats, shown));
  const end = endOf(config, frames, beats, shown, timeline);
  return frames.map(({ data, key }, i): Sample => {
    const beat = beats[i] as number;
    const duration = (beats[i + 1] ?? end) - beat;
    return { data, key, dts: beat - delay, pts: shown[i] as number, duration };
  });
}

/**
 * How far decode times must lie before presentation times for these frames, in ms; 0 without B-frames. With `config` also
 * for the other fragments of the stream, if its parameter sets tell.
 */
export function reorderDelayMs(frames: readonly Frame[], config?: VideoConfig): number {
  const usable = frames.filter(({ data }) => data.length > 0);
  const { beats, shown } = order(usable.map(({ timeNs }) => Math.round(timeNs / 1e6)));
  const usual = config === undefined ? 0 : usualDelay({ ...config, timescale: 1000 }, beats);
  return Math.max(usual, delayOf(beats, shown));
}

const delayOf = (beats: readonly number[], shown: readonly number[]): number =>
  beats.reduce((most, beat, i) => Math.max(most, beat - (shown[i] as number)), 0);

/**
 * What the parameter sets allow for, at a constant rate: the same in every fragment of a stream, whatever B-frames each
 * one happens to have, so decode times run on from one to the next.
 */
function usualDelay({ reorderFrames, timescale }: VideoConfig, beats: readonly number[]): number {
  if (reorderFrames === 0 || reorderFrames > MOST_REORDERED || beats.length < 2) return 0;
  const mean = ((beats.at(-1) as number) - (beats[0] as number)) / (beats.length - 1);
  return gridEnd(beats, mean, timescale) === undefined ? 0 : Math.round(reorderFrames * mean);
}

interface Order {
  /** Strictly ascending. */
  beats: number[];
  /** The same numbers in the order of the frames. */
  shown: number[];
}

function order(given: readonly number[]): Order {
  const indices = given.map((_, index) => index);
  const ascending = given.every((time, i) => i === 0 || time >= (given[i - 1] as number));
  if (!ascending) {
    indices.sort((a, b) => (given[a] as number) - (given[b] as number) || a - b);
    if (indices.some((index, rank) => Math.abs(index - rank) > MOST_REORDERED)) {
      // No B-frames but a clock that was set back: frames stay in their order, at the latest time that was reached.
      const beats = strictlyAscending(given);
      return { beats, shown: beats };
    }
  }
  const beats = strictlyAscending(indices.map((index) => given[index] as number));
  if (ascending) return { beats, shown: beats };
  const shown: number[] = [];
  indices.forEach((index, rank) => {
    shown[index] = beats[rank] as number;
  });
  return { beats, shown };
}

/** Two frames at one time would give the first no duration. */
function strictlyAscending(times: readonly number[]): number[] {
  let last = Number.NEGATIVE_INFINITY;
  return times.map((time) => {
    last = Math.max(time, last + 1);
    return last;
  });
}

/** Where the picture that is shown last ends, on the timeline of the beats. */
function endOf(
  { timescale, track }: VideoConfig,
  frames: readonly Frame[],
  beats: readonly number[],
  shown: readonly number[],
  { endMs, fallbackDurationMs = 1 }: Timeline,
): number {
  const last = beats.at(-1) as number;
  const later = (end: number): number => Math.max(Math.round(end), last + 1);
  if (endMs !== undefined && scaleMs(endMs, timescale) > last) return later(scaleMs(endMs, timescale));
  const { defaultDurationNs } = track;
  const told = defaultDurationNs !== undefined && defaultDurationNs <= LONGEST_NS;
  const usual = told ? (defaultDurationNs * timescale) / 1e9 : undefined;
  const onGrid = usual === undefined ? undefined : gridEnd(beats, usual, timescale);
  if (onGrid !== undefined) return later(onGrid);
  const ownNs = frames[shown.lastIndexOf(last)]?.durationNs;
  if (ownNs !== undefined && ownNs > 0) return later(last + (ownNs * timescale) / 1e9);
  if (beats.length === 1) return later(last + (usual ?? (fallbackDurationMs * timescale) / 1000));
  const mean = (last - (beats[0] as number)) / (beats.length - 1);
  return later(gridEnd(beats, mean, timescale) ?? 2 * last - (beats.at(-2) as number));
}

/** Where a grid of `step` that all beats lie on, but for a millisecond's rounding, has its next line. */
function gridEnd(beats: readonly number[], step: number, timescale: number): number | undefined {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  beats.forEach((beat, i) => {
    least = Math.min(least, beat - i * step);
    most = Math.max(most, beat - i * step);
  });
  return most - least <= 0.0011 * timescale ? (least + most) / 2 + beats.length * step : undefined;
}
