import type { Fragment } from './fragment.ts';
import { compareNumbers } from './fragmentNumbers.ts';
import { BEHIND_ALL, FragmentTrees, type Place, type TimeAxis } from './fragmentTrees.ts';
import type { Run } from './run.ts';
import { firstOf, Runs } from './runs.ts';

export type { Place, TimeAxis };

type Order = (a: Fragment, b: Fragment) => number;
const byNumber: Order = (a, b) => compareNumbers(a.number, b.number);
const byTime =
  (axis: TimeAxis): Order =>
  (a, b) =>
    a[axis] - b[axis] || byNumber(a, b);

/** A stream's fragments by number and by both times: those that are kept, and those of recordings that it shows. */
export class FragmentIndex {
  /** Those that are kept. */
  readonly kept = new FragmentTrees();
  readonly shown = new Runs();

  add(fragment: Fragment): void {
    this.kept.add(fragment, this.#latestShown());
  }

  /** Shows a recording, behind all there is. */
  addRun(run: Run): void {
    // Its producer times go up with its numbers, so only its beginning can be out of order.
    const latest = this.kept.latest;
    const early = firstOf(run, (_, n) => run.time(n) < latest);
    if (early > run.gone) this.kept.isOutOfOrderTo(run.number(early - 1));
    this.shown.add(run);
  }

  #latestShown(): number {
    const run = this.shown.list.at(-1);
    return run === undefined ? Number.NEGATIVE_INFINITY : run.time(run.count - 1);
  }

  /** True if the order of numbers is also that of producer times, as with a producer that only ever goes on. */
  get inOrder(): boolean {
    const oldest = this.after(undefined);
    return oldest === undefined || this.kept.isInOrderFrom(oldest.number);
  }

  get size(): number {
    return this.kept.size + this.shown.size;
  }

  get #plain(): boolean {
    return this.shown.list.length === 0;
  }

  get(number: string): Fragment | undefined {
    return this.kept.get(number) ?? (this.#plain ? undefined : this.shown.get(number));
  }

  newest(): Fragment | undefined {
    return this.#plain ? this.kept.newest() : this.newestFirst().next().value;
  }

  /** The next fragment in order of number; the first of all if `number` is undefined. */
  after(number: string | undefined): Fragment | undefined {
    return this.#plain ? this.kept.after(number) : this.ascending(number).next().value;
  }

  /** The first fragment whose time is greater than `time`. */
  behind(axis: TimeAxis, time: number): Fragment | undefined {
    if (this.#plain) return this.kept.behind(axis, time);
    return this.range(axis, time, Number.POSITIVE_INFINITY, { time, number: BEHIND_ALL }).next().value;
  }

  /** See FragmentTrees. */
  range(axis: TimeAxis, start: number, end: number, behind?: Place): Generator<Fragment> {
    const kept = this.kept.range(axis, start, end, behind);
    if (this.#plain) return kept;
    const spot = behind === undefined || behind.time < start ? { time: start, number: '' } : behind;
    const shown = upTo(axis, end, behindSpot(spot, this.shown.upFrom(spot)));
    return merged(kept, shown, byTime(axis));
  }

  /** See FragmentTrees. */
  downFrom(axis: TimeAxis, time: number, from: number, behind?: Fragment): Generator<Fragment> {
    const kept = this.kept.downFrom(axis, time, from, behind);
    if (this.#plain) return kept;
    const spot = behind === undefined ? { time, number: BEHIND_ALL } : { time: behind[axis], number: behind.number };
    return merged(kept, downTo(axis, from, this.shown.downFrom(spot)), (a, b) => byTime(axis)(b, a));
  }

  /** Those with a number greater than this; all if it is undefined. */
  ascending(number: string | undefined): Generator<Fragment> {
    const kept = this.kept.ascending(number);
    return this.#plain ? kept : merged(kept, this.shown.upBehind(number), byNumber);
  }

  /** From the greatest number down, those between the two; each may be undefined for no end. */
  newestFirst(lowest?: string, below?: string): Generator<Fragment> {
    const kept = this.kept.newestFirst(lowest, below);
    if (this.#plain) return kept;
    return merged(kept, above(lowest, this.shown.downBelow(below)), (a, b) => byNumber(b, a));
  }
}

function* upTo(axis: TimeAxis, end: number, all: Iterable<Fragment>): Generator<Fragment> {
  for (const fragment of all) {
    if (fragment[axis] > end) return;
    yield fragment;
  }
}

function* downTo(axis: TimeAxis, from: number, all: Iterable<Fragment>): Generator<Fragment> {
  for (const fragment of all) {
    if (fragment[axis] < from) return;
    yield fragment;
  }
}

function* behindSpot({ number }: Place, all: Iterable<Fragment>): Generator<Fragment> {
  for (const fragment of all) if (fragment.number !== number) yield fragment;
}

function* above(number: string | undefined, all: Iterable<Fragment>): Generator<Fragment> {
  for (const fragment of all) {
    if (number !== undefined && compareNumbers(fragment.number, number) <= 0) return;
    yield fragment;
  }
}

/** Two that are in order, as one. */
function* merged(a: Iterator<Fragment>, b: Iterator<Fragment>, order: Order): Generator<Fragment> {
  let [left, right] = [a.next(), b.next()];
  while (left.done !== true || right.done !== true) {
    if (right.done === true || (left.done !== true && order(left.value, right.value) < 0)) {
      yield left.value;
      left = a.next();
    } else {
      yield right.value;
      right = b.next();
    }
  }
}
