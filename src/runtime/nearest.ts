/** The candidate that `text` was most likely meant to be, or undefined if it is like none of them. */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.ceil(text.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(text.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** Whether at most `edits` characters have to be added, dropped or changed; a quick look where there are many to compare. */
export function isWithin(edits: number, a: string, b: string, i = 0, j = 0): boolean {
  let [at, to] = [i, j];
  while (at < a.length && to < b.length && a.charCodeAt(at) === b.charCodeAt(to)) {
    at += 1;
    to += 1;
  }
  if (Math.abs(a.length - at - (b.length - to)) > edits) return false;
  if (at === a.length || to === b.length) return true;
  if (edits === 0) return false;
  return (
    isWithin(edits - 1, a, b, at + 1, to + 1) ||
    isWithin(edits - 1, a, b, at + 1, to) ||
    isWithin(edits - 1, a, b, at, to + 1)
  );
}

/** How many characters have to be added, dropped or changed to make `b` of `a` (Levenshtein). */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
