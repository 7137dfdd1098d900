/** What a pattern is made of: text as it stands, `?` and `*`. */
export type Piece = { readonly text: string } | 'one' | 'many';

/** What stands between two `*`. */
interface Run {
  readonly text: string;
  /** Where any character will do. */
  readonly open: ReadonlySet<number> | undefined;
}

/** A pattern, cut at each `*`. */
export type Glob = readonly [first: Run, ...others: Run[]];

export function globOf(pieces: readonly Piece[]): Glob {
  const runs: Run[] = [];
  let text = '';
  let open: Set<number> | undefined;
  const cut = (): Run => {
    const run = { text, open };
    text = '';
    open = undefined;
    return run;
  };
  for (const piece of pieces) {
    if (piece === 'many') runs.push(cut());
    else if (piece === 'one') {
      open ??= new Set();
      open.add(text.length);
      text += '?';
    } else text += piece.text;
  }
  const last = cut();
  const [first, ...others] = runs;
  return first === undefined ? [last] : [first, ...others, last];
}

/**
 * Whether a value is what a pattern says. The ends are looked at first; between them each run is taken where it comes
 * first, and never given back: more places for it would help nothing, so `*a*a*a*b` costs no more than `*b`.
 */
export function matchesGlob(glob: Glob, value: string): boolean {
  const [first] = glob;
  if (glob.length === 1) return value.length === first.text.length && fits(first, value, 0);
  const last = glob[glob.length - 1] as Run;
  const end = value.length - last.text.length;
  let at = first.text.length;
  if (at > end || !fits(first, value, 0) || !fits(last, value, end)) return false;
  for (let i = 1; i < glob.length - 1; i++) {
    const run = glob[i] as Run;
    const found = find(run, value, at);
    if (found < 0 || found + run.text.length > end) return false;
    at = found + run.text.length;
  }
  return true;
}

function fits({ text, open }: Run, value: string, at: number): boolean {
  if (open === undefined) return value.startsWith(text, at);
  for (let i = 0; i < text.length; i++) {
    if (!open.has(i) && text.charCodeAt(i) !== value.charCodeAt(at + i)) return false;
  }
  return true;
}

function find(run: Run, value: string, from: number): number {
  if (run.open === undefined) return value.indexOf(run.text, from);
  for (let at = from; at + run.text.length <= value.length; at++) if (fits(run, value, at)) return at;
  return -1;
}
