import type { Sample } from '../sample.ts';

/** The picture on screen at a time, and what must be decoded to have it. */
export interface WantedPicture {
  /** Presentation time, in the samples' timescale. */
  readonly pts: number;
  /** Indices of the first and last sample to decode: from a key frame to the picture itself. */
  readonly from: number;
  readonly to: number;
}

/**
 * The last picture shown at or before `time`, in the samples' timescale. Undefined if there is none, or no key frame to
 * begin with.
 */
export function pictureAt(samples: readonly Sample[], time: number): WantedPicture | undefined {
  let to = -1;
  samples.forEach((sample, at) => {
    if (sample.pts <= time && (to < 0 || sample.pts > (samples[to] as Sample).pts)) to = at;
  });
  const picture = samples[to];
  if (picture === undefined) return undefined;
  // A key frame that is shown later is of no help to a picture that was decoded after it but is shown before it.
  for (let from = to; from >= 0; from--) {
    const sample = samples[from] as Sample;
    if (sample.key && sample.pts <= picture.pts) return { pts: picture.pts, from, to };
  }
  return undefined;
}

/** Runs of samples to decode that overlap or touch, as one. */
export function mergeRuns(wanted: readonly WantedPicture[]): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  for (const { from, to } of [...wanted].sort((a, b) => a.from - b.from)) {
    const last = runs.at(-1);
    if (last !== undefined && from <= last.to + 1) last.to = Math.max(last.to, to);
    else runs.push({ from, to });
  }
  return runs;
}
