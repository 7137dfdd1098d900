import { sliceOver, takeSliced } from '../../runtime/slices.ts';
import type { Fragment } from './fragment.ts';
import type { FragmentIndex, Place, TimeAxis } from './fragmentIndex.ts';
import { BEHIND_ALL } from './fragmentTrees.ts';
import type { Gone } from './gone.ts';

interface Parts {
  readonly index: FragmentIndex;
  readonly gone: Gone;
  /** To be called before anybody looks. */
  readonly expire: () => void;
}

/** The fragments of a stream's index that are not gone. In what comes one by one, undefined is a turn for others. */
export class PresentFragments {
  readonly #index: FragmentIndex;
  readonly #gone: Gone;
  readonly #expire: () => void;

  constructor({ index, gone, expire }: Parts) {
    this.#index = index;
    this.#gone = gone;
    this.#expire = expire;
  }

  get(number: string): Fragment | undefined {
    this.#expire();
    const found = this.#index.get(number);
    return found === undefined || this.#gone.has(found) ? undefined : found;
  }

  /** The next in order of number; the oldest if `number` is undefined. */
  after(number: string | undefined): Fragment | undefined {
    this.#expire();
    const found = this.#index.after(number);
    if (found === undefined || !this.#gone.has(found)) return found;
    if (this.#gone.all) return undefined;
    for (const fragment of this.#index.ascending(this.#gone.front()?.number ?? number)) {
      if (!this.#gone.has(fragment)) return fragment;
    }
    return undefined;
  }

  /** See FragmentLog. */
  async covering(axis: TimeAxis, time: number): Promise<Fragment | undefined> {
    const [latest] = await takeSliced(this.#downFrom(axis, time), 1);
    // Of several of that time the one with the smallest number.
    const [current] = latest === undefined ? [] : await takeSliced(this.range(axis, latest[axis], latest[axis]), 1);
    if (current !== undefined && (current.state === 'open' || time <= current[axis] + current.lengthMs)) return current;
    const place = { time, number: BEHIND_ALL };
    const [next] = await takeSliced(this.range(axis, time, Number.POSITIVE_INFINITY, place), 1);
    return next && (current ?? next);
  }

  /** Those with `start` <= time <= `end`, ascending by (time, number). */
  range(axis: TimeAxis, start: number, end: number, behind?: Place): Generator<Fragment | undefined> {
    return this.#walk((last) => {
      const from = Math.max(start, this.#gone.front(axis)?.[axis] ?? start);
      return this.#index.range(axis, from, end, last ? { time: last[axis], number: last.number } : behind);
    });
  }

  newestFirst(): Generator<Fragment | undefined> {
    return this.#walk((last) => this.#index.newestFirst(this.#gone.front()?.number, last?.number));
  }

  #downFrom(axis: TimeAxis, time: number): Generator<Fragment | undefined> {
    const from = (): number => this.#gone.front(axis)?.[axis] ?? Number.NEGATIVE_INFINITY;
    return this.#walk((last) => this.#index.downFrom(axis, time, from(), last));
  }

  /** The index may change while others have their turn: `walk` then begins anew, behind the last. */
  *#walk(walk: (last: Fragment | undefined) => Iterable<Fragment>): Generator<Fragment | undefined> {
    let last: Fragment | undefined;
    do {
      this.#expire();
      if (this.#gone.all) return;
      const items = walk(last);
      last = undefined;
      for (const fragment of items) {
        if (!this.#gone.has(fragment)) yield fragment;
        if (!sliceOver()) continue;
        last = fragment;
        yield undefined;
        break;
      }
    } while (last !== undefined);
  }
}
