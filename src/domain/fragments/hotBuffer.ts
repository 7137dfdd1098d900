import type { LimitOf } from '../limits/limits.ts';
import type { Fragment } from './fragment.ts';

/** How much of the list may be of those that have been taken before it is cut. */
const MOST_TAKEN = 1024;

/**
 * Complete fragments that are not in the archive, oldest first: what has just come, for readers at the live edge. Their time may be over before they are taken out. */
export class HotBuffer {
  readonly #limit: LimitOf;
  #entries: { readonly fragment: Fragment; readonly until: number }[] = [];
  /** Entries are counted from the first there ever was: this is the one that the list begins with. */
  #base = 0;
  /** The oldest that has not been taken. */
  #oldest = 0;
  /** The time of those below is over. */
  #overTo = 0;
  #bytes = 0;
  readonly #places = new Map<Fragment, number>();

  constructor(limit: LimitOf) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#places.size;
  }

  /** True if there is more in it than may be. One fragment always may. */
  get full(): boolean {
    return this.#bytes > this.#limit('stream.hotBytes') && this.size > 1;
  }

  get oldest(): Fragment | undefined {
    return this.#entries[this.#oldest - this.#base]?.fragment;
  }

  /** When the next one's time is over. */
  get until(): number | undefined {
    return this.#entries[Math.max(this.#oldest, this.#overTo) - this.#base]?.until;
  }

  add(fragment: Fragment, now: number): void {
    // They go in this order also if the clock has been set back.
    const until = Math.max(now + this.#limit('stream.hotTime'), this.#entries.at(-1)?.until ?? 0);
    this.#places.set(fragment, this.#base + this.#entries.length);
    this.#entries.push({ fragment, until });
    this.#bytes += fragment.size;
  }

  /** From now on the time of those is over for which it is over now. */
  expire(now: number): void {
    let low = Math.max(this.#oldest, this.#overTo) - this.#base;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.until ?? now) <= now) low = middle + 1;
      else high = middle;
    }
    this.#overTo = Math.max(this.#overTo, this.#base + low);
  }

  isOver(fragment: Fragment): boolean {
    return this.#overTo > this.#oldest && (this.#places.get(fragment) ?? this.#overTo) < this.#overTo;
  }

  /** Takes out the oldest. */
  take(): Fragment | undefined {
    const oldest = this.#entries[this.#oldest - this.#base];
    if (oldest === undefined) return undefined;
    this.#oldest += 1;
    this.#places.delete(oldest.fragment);
    this.#bytes -= oldest.fragment.size;
    const taken = this.#oldest - this.#base;
    if (this.size === 0 || (taken > MOST_TAKEN && 2 * taken > this.#entries.length)) {
      this.#entries = this.#entries.slice(taken);
      this.#base = this.#oldest;
    }
    return oldest.fragment;
  }

  /** Takes out the oldest whose time is over. */
  takeOver(): Fragment | undefined {
    return this.#overTo > this.#oldest ? this.take() : undefined;
  }

  clear(): void {
    this.#base = this.#oldest = this.#overTo = this.#base + this.#entries.length;
    this.#entries = [];
    this.#bytes = 0;
    this.#places.clear();
  }
}
