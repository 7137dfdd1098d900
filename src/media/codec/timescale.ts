/**
 * `ms` in units of `timescale`, not rounded. Whole seconds go first: milliseconds since the epoch times a sampling rate
 * would pass 2^53.
 */
export function scaleMs(ms: number, timescale: number): number {
  const seconds = Math.floor(ms / 1000);
  return seconds * timescale + ((ms - seconds * 1000) * timescale) / 1000;
}

/** `time` in units of `from` as units of `to`, rounded. */
export function rescale(time: number, from: number, to: number): number {
  const seconds = Math.floor(time / from);
  return seconds * to + Math.round(((time - seconds * from) * to) / from);
}
