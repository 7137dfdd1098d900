import type { Frame, Sample, TrackConfig } from '../sample.ts';
import { audioTimes } from './audioTiming.ts';
import { checkFrames } from './frames.ts';
import { videoTimes } from './videoTiming.ts';

export { reorderDelayMs } from './videoTiming.ts';

export interface Timeline {
  /** Where the fragment's Cluster timestamp (Frame.timeNs 0) lies, in ms: since the epoch, or since a session's start. */
  readonly startMs: number;
  /** Where the next fragment's first picture is shown, in ms, if it is known to follow on: the last sample ends there. */
  readonly endMs?: number;
  /**
   * Decode times lie at least so far before presentation times, so that they stay in step over fragments with and
   * without B-frames; see reorderDelayMs. Unless told: what the track's parameter sets say.
   */
  readonly delayMs?: number;
  /** Length of a lone frame of a track without a default duration; 1 ms unless told. */
  readonly fallbackDurationMs?: number;
}

/**
 * The frames of one track of one fragment as samples in `config.timescale`, in decode order: dts strictly ascending,
 * dts + duration = next dts, dts <= pts. Frames without bytes are left out; video frames come out length-prefixed even
 * if they came with start codes.
 * @throws CodecError `frame`
 */
export function decodeTimes(config: TrackConfig, frames: readonly Frame[], timeline: Timeline): Sample[] {
  const usable = checkFrames(config, frames);
  if (usable.length === 0) return [];
  return config.kind === 'video' ? videoTimes(config, usable, timeline) : audioTimes(config, usable, timeline);
}

/** Sum of the durations, in the samples' timescale: what EXTINF and `S@d` must say. */
export const totalDuration = (samples: readonly Sample[]): number =>
  samples.reduce((total, sample) => total + sample.duration, 0);
