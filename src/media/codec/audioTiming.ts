import type { AudioConfig, Frame, Sample } from '../sample.ts';
import type { Timeline } from './placing.ts';
import { scaleMs } from './timescale.ts';

/**
 * Audio frames follow each other without a gap, but what a container says of their times is rounded, to a millisecond as
 * a rule. So a run of frames is laid on the grid of its own lengths, at the offset in the middle of all that its times
 * allow. The same offset comes out of each fragment of a stream (to a unit or two of the sampling rate), so fragments
 * made apart join up, and rounding never adds up. Where the times leave the grid, a new run begins: that is a gap.
 */
interface Run {
  /** Index of its first frame. */
  readonly first: number;
  /** PCM samples in it. */
  length: number;
  /** Least and greatest distance of a frame's time from its place in the run counted from 0. */
  least: number;
  most: number;
}

/** By how much rounded times may differ from a grid; beyond it they mean something. */
const ROUNDING_SECONDS = 0.0011;

export function audioTimes(config: AudioConfig, frames: readonly Frame[], timeline: Timeline): Sample[] {
  const { timescale } = config;
  const lengths = frames.map(({ data }) => frameLength(config, data.length));
  const start = scaleMs(timeline.startMs, timescale);
  const dts: number[] = [];
  let end = Number.NEGATIVE_INFINITY;
  const runs = findRuns(frames, lengths, timescale);
  runs.forEach((run, index) => {
    const next = runs[index + 1]?.first ?? frames.length;
    // A run whose times go back follows on behind the last frame.
    let at = Math.max(Math.round(start + (run.least + run.most) / 2), (dts.at(-1) ?? Number.NEGATIVE_INFINITY) + 1);
    for (let i = run.first; i < next; i++) {
      dts.push(at);
      at += lengths[i] as number;
    }
    end = at;
  });
  return frames.map(({ data }, i): Sample => {
    const time = dts[i] as number;
    return { data, key: true, dts: time, pts: time, duration: (dts[i + 1] ?? end) - time };
  });
}

/** Of a frame of so many bytes, in PCM samples, at least 1. */
export const frameLength = ({ frameLength: fixed, channels }: AudioConfig, size: number): number =>
  fixed > 0 ? fixed : Math.max(1, Math.floor(size / channels));

function findRuns(frames: readonly Frame[], lengths: readonly number[], timescale: number): Run[] {
  const slack = ROUNDING_SECONDS * timescale;
  const runs: Run[] = [];
  let run: Run | undefined;
  frames.forEach(({ timeNs }, index) => {
    const time = (timeNs * timescale) / 1e9;
    const length = lengths[index] as number;
    if (run !== undefined) {
      const offset = time - run.length;
      const least = Math.min(run.least, offset);
      const most = Math.max(run.most, offset);
      if (most - least <= slack) {
        run.least = least;
        run.most = most;
        run.length += length;
        return;
      }
    }
    run = { first: index, length, least: time, most: time };
    runs.push(run);
  });
  return runs;
}
