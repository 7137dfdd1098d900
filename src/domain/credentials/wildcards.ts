/** Whether a text fits a pattern: `*` stands for any number of characters, `?` for one. */
export function fits(pattern: string, text: string): boolean {
  let [p, t] = [0, 0];
  // Where the last `*` stands, and up to where it has taken the text.
  let star = -1;
  let taken = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      taken = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++taken;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
