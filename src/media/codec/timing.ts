import type { Frame, Sample, TrackConfig } from '../sample.ts';
import { audioTimes } from './audioTiming.ts';
import { type UsableFrames, usableFrames } from './frames.ts';
import type { Timeline } from './placing.ts';
import { videoTimes } from './videoTiming.ts';

/** The usable ones of the frames of one track of one fragment as samples; see usableFrames and timedSamples. */
export const decodeTimes = (config: TrackConfig, frames: readonly Frame[], timeline: Timeline): Sample[] =>
  timedSamples(usableFrames(config, frames), timeline);

/**
 * The frames as samples in their config's timescale, in decode order: dts strictly ascending, dts + duration = next dts,
 * dts <= pts. Those without bytes are left out, and the one before lasts longer, so that nothing else moves.
 */
export function timedSamples(
  { config, frames }: Pick<UsableFrames, 'config' | 'frames'>,
  timeline: Timeline,
): Sample[] {
  if (frames.length === 0) return [];
  const samples = config.kind === 'video' ? videoTimes(config, frames, timeline) : audioTimes(config, frames, timeline);
  if (samples.every(({ data }) => data.length > 0)) return samples;
  const kept: Sample[] = [];
  for (const sample of samples) {
    const last = kept.at(-1);
    if (sample.data.length > 0) kept.push(sample);
    else if (last !== undefined) kept[kept.length - 1] = { ...last, duration: last.duration + sample.duration };
  }
  return kept;
}

/** Sum of the durations, in the samples' timescale: what EXTINF and `S@d` must say. */
export const totalDuration = (samples: readonly Sample[]): number =>
  samples.reduce((total, sample) => total + sample.duration, 0);
