// What waits for so many of something.

export const LONGEST_WAIT_MS = 3_600_000;

/** Of a table with both. */
export const countNeedsWait = (names: readonly string[]): [told: string, member: string] | undefined =>
  names.includes('count') && !names.includes('wait')
    ? ['"count" says how many to wait for, and goes with "wait".', 'count']
    : undefined;
