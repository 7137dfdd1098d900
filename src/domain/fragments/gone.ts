import { sliceOver, turn } from '../../runtime/slices.ts';
import type { Fragment } from './fragment.ts';
import { compareNumbers } from './fragmentNumbers.ts';
import type { FragmentTrees, TimeAxis } from './fragmentTrees.ts';
import type { HotBuffer } from './hotBuffer.ts';

/** So many are dropped at once. */
const STROKE = 100;

interface GoneParts {
  readonly index: FragmentTrees;
  readonly hot: HotBuffer;
  /** Takes a fragment out of the index, and gives its memory back. */
  readonly drop: (fragment: Fragment) => void;
  /** Gives the memory of one back that is out of the index already. */
  readonly letGo: (fragment: Fragment) => void;
  /** Sets of fragments that may come into the archive yet. */
  readonly coming: readonly ReadonlySet<Fragment>[];
  readonly stopped: () => boolean;
}

/**
 * Which of a stream's fragments are gone, and their dropping. They are gone for whoever looks from one moment to the next,
 * however many they are; dropping them takes as long as it takes, in slices.
 */
export class Gone {
  readonly #parts: GoneParts;
  #all = false;
  /** While there are expired ones: the newest of them. Server times ascend with the numbers, so all up to there have. */
  #expired: Fragment | undefined;
  /** Came into the archive meanwhile, from below that one, and have not expired. */
  readonly #spared = new Set<Fragment>();
  /** How far they have been dropped. */
  #swept: string | undefined;
  #sweeping: Promise<void> | undefined;
  /** Out of the index, and still to be given back. */
  #taken: Iterator<Fragment> | undefined;

  constructor(parts: GoneParts) {
    this.#parts = parts;
  }

  get all(): boolean {
    return this.#all;
  }

  /** All of them are, for good. */
  takeAll(): void {
    this.#all = true;
    this.#swept = undefined;
  }

  /** Archived ones with a server time up to this are, and hot ones whose time is over by now. */
  takeExpired(oldestKept: number, now: number): void {
    const { index, hot, drop } = this.#parts;
    const newest = index.newestAt('serverTime', oldestKept);
    if (newest !== undefined && !this.#reaches(newest)) this.#expired = newest;
    for (const fragment of this.#spared) if (fragment.serverTime <= oldestKept) drop(fragment);
    hot.expire(now);
  }

  /** This one has just come into the archive, and has not expired. */
  spare(fragment: Fragment): void {
    if (this.#reaches(fragment)) this.#spared.add(fragment);
  }

  /** It has been dropped. */
  forget(fragment: Fragment): void {
    this.#spared.delete(fragment);
  }

  has(fragment: Fragment): boolean {
    if (this.#all) return true;
    if (!fragment.persisted) return this.#parts.hot.isOver(fragment);
    return this.#reaches(fragment) && !this.#spared.has(fragment);
  }

  /** The newest of them if, as nearly always, all up to there are gone, on that axis as well: nobody need look there. */
  front(axis: TimeAxis = 'serverTime'): Fragment | undefined {
    const { index, hot, coming } = this.#parts;
    if (this.#expired === undefined || this.#spared.size > 0 || hot.size > 0) return undefined;
    for (const set of coming) for (const fragment of set) if (this.#reaches(fragment)) return undefined;
    return axis === 'serverTime' || index.inOrderBehind(this.#expired) ? this.#expired : undefined;
  }

  /**
   * Drops them: a slice at once, so that of a few nothing is left, and the rest between others' turns. Resolves when that
   * is done.
   */
  sweep(): Promise<void> | undefined {
    if (this.#sweeping === undefined && !this.#dropSlice()) this.#sweeping = this.#sweepOn();
    return this.#sweeping;
  }

  /** Goes one step in dropping them. False if there is none left. */
  dropNext(): boolean {
    if (this.#letGoNext()) return true;
    const { index, hot, drop } = this.#parts;
    const over = hot.takeOver();
    if (over !== undefined) {
      drop(over);
      return true;
    }
    const next = this.#all || this.#expired !== undefined ? index.after(this.#swept) : undefined;
    if (next === undefined || !(this.#all || this.#reaches(next))) {
      this.#expired = undefined;
      this.#swept = undefined;
      this.#spared.clear();
      return false;
    }
    this.#swept = next.number;
    if (this.has(next)) drop(next);
    return true;
  }

  /** Takes all out of the index if all are gone, as when a stream is deleted or has been left alone for long. */
  #takeAll(): void {
    const { index, coming, drop } = this.#parts;
    const newest = index.newest();
    if (newest === undefined) return;
    if (!this.#all && this.front() !== newest) return;
    // These are the store's as long as it has not said that it has them.
    for (const set of coming) for (const fragment of set) if (index.get(fragment.number) === fragment) drop(fragment);
    this.#taken = index.takeAll();
  }

  /** Gives back the next of those that are out of the index. */
  #letGoNext(): boolean {
    const next = this.#taken?.next();
    if (next === undefined || next.done === true) {
      this.#taken = undefined;
      return false;
    }
    this.#parts.letGo(next.value);
    return true;
  }

  async #sweepOn(): Promise<void> {
    do await turn();
    while (!this.#parts.stopped() && !this.#dropSlice());
    this.#sweeping = undefined;
  }

  /** False if there is more to drop. */
  #dropSlice(): boolean {
    for (let dropped = this.#dropSome(); dropped > 0; dropped = this.#dropSome()) if (sliceOver(dropped)) return false;
    return true;
  }

  /** Drops the next, or a stroke of those at the front if all there are gone. Returns how many. */
  #dropSome(): number {
    if (this.#taken === undefined) this.#takeAll();
    if (this.#taken !== undefined) {
      let count = 0;
      while (count < STROKE && this.#letGoNext()) count += 1;
      if (count > 0) return count;
    }
    const front = this.front();
    if (front !== undefined) {
      const taken = this.#parts.index.takeOldest(STROKE, front.number);
      for (const fragment of taken) this.#parts.letGo(fragment);
      if (taken.length > 0) return taken.length;
    }
    return this.dropNext() ? 1 : 0;
  }

  #reaches({ number }: Fragment): boolean {
    return this.#expired !== undefined && compareNumbers(number, this.#expired.number) <= 0;
  }
}
