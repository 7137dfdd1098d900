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
 * alone. Which of the two goes first changes from round to round. Resolves to the medians, and to those of a / b and a - b.
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
  const ratios = as.map((value, i) => value / bs[i]);
  const difference = median(as.map((value, i) => value - bs[i]));
  return { a: median(as), b: median(bs), ratio: median(ratios), difference, interval: interval(ratios), as, bs };
}

/** What holds the true median in some 98 of 100 cases: of eleven values the second smallest and the second largest. */
function interval(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const leftOut = Math.max(0, Math.floor(sorted.length / 2 - 1.2 * Math.sqrt(sorted.length)));
  return [sorted[leftOut], sorted.at(-1 - leftOut)];
}
