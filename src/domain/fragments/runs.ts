import type { Fragment } from './fragment.ts';
import { compareNumbers } from './fragmentNumbers.ts';
import type { Run, Spot } from './run.ts';

/** Whether the nth of a run stands before what is sought. */
type Before = (run: Run, n: number) => boolean;

/** The recordings that a stream shows, as one list of fragments in the order of their numbers and of both their times. */
export class Runs {
  /** In that order. */
  #runs: Run[] = [];

  get list(): readonly Run[] {
    return this.#runs;
  }

  get size(): number {
    return this.#runs.reduce((sum, run) => sum + run.size, 0);
  }

  get bytes(): number {
    return this.#runs.reduce((sum, run) => sum + run.bytes, 0);
  }

  add(run: Run): void {
    this.#runs.push(run);
    this.#runs.sort((a, b) => a.record.sequence - b.record.sequence);
  }

  /** Takes out those of which nothing is left. */
  takeOver(): Run[] {
    const over = this.#runs.filter(({ size }) => size <= 0);
    if (over.length > 0) this.#runs = this.#runs.filter((run) => !over.includes(run));
    return over;
  }

  /** Takes out all. */
  takeAll(): Run[] {
    const all = this.#runs;
    this.#runs = [];
    return all;
  }

  /** Which run a number is of, and the place of its fragment there. */
  find(number: string): { readonly run: Run; readonly n: number } | undefined {
    for (const run of this.#runs) {
      const n = run.indexOf(number);
      if (n !== undefined && run.has(n)) return { run, n };
    }
    return undefined;
  }

  get(number: string): Fragment | undefined {
    const found = this.find(number);
    return found?.run.fragment(found.n);
  }

  /** All that have a time up to this go. Returns which: of each run those from a place up to another. */
  expire(time: number): readonly { readonly run: Run; readonly from: number; readonly to: number }[] {
    const gone: { run: Run; from: number; to: number }[] = [];
    for (const run of this.#runs) {
      const [from, to] = [run.gone, firstOf(run, (_, n) => run.time(n) <= time)];
      if (to === from && from < run.count) break;
      run.goneTo(to);
      gone.push({ run, from, to });
    }
    return gone;
  }

  /** From a spot on, itself included. */
  upFrom(spot: Spot): Generator<Fragment> {
    return this.#up((run, n) => run.compare(n, spot) < 0);
  }

  /** Those with a number greater than this; all if it is undefined. */
  upBehind(number: string | undefined): Generator<Fragment> {
    return this.#up((run, n) => number !== undefined && compareNumbers(run.number(n), number) <= 0);
  }

  /** Those before a spot, from the last down. */
  downFrom(spot: Spot): Generator<Fragment> {
    return this.#down((run, n) => run.compare(n, spot) < 0);
  }

  /** Those with a number below this, from the last down; all if it is undefined. */
  downBelow(number: string | undefined): Generator<Fragment> {
    return this.#down((run, n) => number === undefined || compareNumbers(run.number(n), number) < 0);
  }

  *#up(before: Before): Generator<Fragment> {
    for (const run of this.#runs) {
      for (let n = firstOf(run, before); n < run.count; n += 1) if (run.has(n)) yield run.fragment(n);
    }
  }

  *#down(before: Before): Generator<Fragment> {
    for (const run of [...this.#runs].reverse()) {
      for (let n = firstOf(run, before) - 1; n >= run.gone; n -= 1) if (run.has(n)) yield run.fragment(n);
    }
  }
}

/** The first of those that are there, in their order, that does not stand before what is sought; their count if none. */
export function firstOf(run: Run, before: Before): number {
  let [low, high] = [run.gone, run.count];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (before(run, middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
