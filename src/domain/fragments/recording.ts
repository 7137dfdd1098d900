import type { Fragment } from './fragment.ts';

/**
 * A file of media that streams show: its fragments, kept once and sealed under a key of its own. Their times are counted
 * from the time 0 of the file, in ms, and ascend.
 */
export interface Recording {
  /** Of the shelf that it is on: the SHA-256 of the file is in it, and what tells this sealing of it from others. */
  readonly arn: string;
  readonly fragments: readonly Fragment[];
  /** After so long it begins again where it is repeated, ms. */
  readonly durationMs: number;
  /** Its key in the clear, for whoever seals it for a stream; undefined as long as no stream has opened it. */
  key(): Uint8Array | undefined;
  /** That is its key: from now on it can be read. */
  unlock(key: Uint8Array): void;
}

/** Where a recording is shown: from when on, and how many fragments of it, turn after turn. */
export interface Layout {
  /** The date of the recording's time 0, ms since the epoch. */
  readonly start: number;
  readonly count: number;
}

/** When the nth fragment of it all begins, from 0. */
export function timeIn({ fragments, durationMs }: Recording, start: number, n: number): number {
  const turn = Math.floor(n / fragments.length);
  return start + turn * durationMs + (fragments[n - turn * fragments.length]?.serverTime ?? 0);
}

/** So many turns, or all that begins before a time. */
export function layOut(
  recording: Recording,
  { start, loop, until }: { readonly start: number; readonly loop: number; readonly until: number | undefined },
): Layout {
  const { fragments, durationMs } = recording;
  if (until === undefined) return { start, count: loop * fragments.length };
  let low = 0;
  let high = Math.max(0, Math.ceil((until - start) / durationMs) + 1) * fragments.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (timeIn(recording, start, middle) < until) low = middle + 1;
    else high = middle;
  }
  return { start, count: low };
}
