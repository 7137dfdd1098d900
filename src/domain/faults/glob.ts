/** Whether a pattern has `*` (any text) or `?` (one character). */
export const isGlob = (pattern: string): boolean => /[*?]/.test(pattern);

/** Whether a name is like a pattern. In steps as many as their lengths multiplied at most. */
export function matchesGlob(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let from = 0;
  let next = 0;
  while (next < name.length) {
    if (pattern[at] === '*') {
      star = at++;
      from = next;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[next])) {
      at += 1;
      next += 1;
    } else if (star >= 0) {
      at = star + 1;
      from += 1;
      next = from;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
