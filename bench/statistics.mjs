/** The value below which a share of the values lies; `share` from 0 to 1. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/**
 * Measures `a` and `b` by turns, so that whatever else the machine does hits both, and each pair is compared with itself
 * alone. Which of the two goes first changes from round to round. Resolves to the medians and to the median of a / b.
 */
export async function inTurns({ rounds, a, b, onRound = () => undefined }) {
  const as = [];
  const bs = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) as.push(await a(round));
    bs.push(await b(round));
    if (round % 2 === 1) as.push(await a(round));
    onRound(round + 1);
  }
  return { a: median(as), b: median(bs), ratio: median(as.map((value, i) => value / bs[i])), as, bs };
}
