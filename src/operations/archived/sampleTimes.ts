/** Times from `start` on, `interval` apart, up to and including `end`. All in ms. */
export function sampleTimes({ start, end, interval }: { start: number; end: number; interval: number }): number[] {
  const count = Math.floor((end - start) / interval) + 1;
  return Array.from({ length: count }, (_, at) => start + at * interval);
}
