import type { Log } from './log.ts';

/** So many different things are told apart; beyond it the others count as one. */
const MOST_KEYS = 1000;
const OTHERS = 'others';

/**
 * Warns of the same thing, which is what has the same key, the 1st, the 10th, the 100th time and so on: whoever repeats
 * it does not flood the log.
 */
export function warnOnce(log: Log): (key: string, message: string) => void {
  const counts = new Map<string, number>();
  return (wanted, message) => {
    const key = counts.has(wanted) || counts.size < MOST_KEYS ? wanted : OTHERS;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (/^10*$/.test(String(count))) log.warn(count === 1 ? message : `${message} (${count} times so far)`);
  };
}
