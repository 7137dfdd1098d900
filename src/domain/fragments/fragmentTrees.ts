import BTreeModule from 'sorted-btree';
import type { Fragment } from './fragment.ts';
import { compareNumbers } from './fragmentNumbers.ts';

// The package is CommonJS: its class is the `default` of what an ES module sees as the default import.
const BTree = BTreeModule.default;

export type TimeAxis = 'serverTime' | 'producerTime';

/** What a fragment is found by. */
type Key = Pick<Fragment, 'number' | TimeAxis>;

/** A place in an order, of a fragment or between two. */
export interface Place {
  readonly time: number;
  readonly number: string;
}

const BEFORE_ALL = '';
export const BEHIND_ALL = '9'.repeat(64);
const probe = (time: number, number: string): Key => ({ number, serverTime: time, producerTime: time });
const by = (axis: TimeAxis) => (a: Key, b: Key) => a[axis] - b[axis] || compareNumbers(a.number, b.number);

const treeOfNumbers = () => new BTree<string, Fragment>(undefined, compareNumbers);
const treesOfTimes = () => ({
  serverTime: new BTree<Key, Fragment>(undefined, by('serverTime')),
  producerTime: new BTree<Key, Fragment>(undefined, by('producerTime')),
});

/** Fragments that are kept, by number and by both times; each look-up and each step costs O(log n). */
export class FragmentTrees {
  #byNumber = treeOfNumbers();
  #byTime = treesOfTimes();
  /** The last fragment that came with a producer time before that of another. */
  #lastOutOfOrder = '';

  /** @param latest producer time of what is not kept here */
  add(fragment: Fragment, latest = Number.NEGATIVE_INFINITY): void {
    if (Math.max(latest, this.latest) > fragment.producerTime) this.#lastOutOfOrder = fragment.number;
    this.#byNumber.set(fragment.number, fragment);
    this.#byTime.serverTime.set(fragment, fragment);
    this.#byTime.producerTime.set(fragment, fragment);
  }

  /** The latest producer time. */
  get latest(): number {
    return this.#byTime.producerTime.maxKey()?.producerTime ?? Number.NEGATIVE_INFINITY;
  }

  /** What is not kept here, up to that number, came with a producer time before that of one of these. */
  isOutOfOrderTo(number: string): void {
    this.#lastOutOfOrder = number;
  }

  /** True if the order of numbers is also that of producer times, as with a producer that only ever goes on. */
  get inOrder(): boolean {
    const oldest = this.#byNumber.minKey();
    return oldest === undefined || this.isInOrderFrom(oldest);
  }

  /** The same of those from that number on, with what is not kept here. */
  isInOrderFrom(number: string): boolean {
    return compareNumbers(number, this.#lastOutOfOrder) >= 0;
  }

  /** True if all fragments behind this one have its producer time or a later one. */
  inOrderBehind(fragment: Fragment): boolean {
    return this.get(fragment.number) === fragment && compareNumbers(fragment.number, this.#lastOutOfOrder) >= 0;
  }

  remove(fragment: Fragment): void {
    this.#byNumber.delete(fragment.number);
    this.#byTime.serverTime.delete(fragment);
    this.#byTime.producerTime.delete(fragment);
  }

  /** Takes out the `count` with the smallest numbers, up to this one: in a stroke, one by one they cost ten times as much. */
  takeOldest(count: number, upTo: string | undefined): readonly Fragment[] {
    const taken: Fragment[] = [];
    for (const [number, fragment] of this.#byNumber.entries()) {
      if (taken.length >= count || (upTo !== undefined && compareNumbers(number, upTo) > 0)) break;
      taken.push(fragment);
    }
    const [first, last] = [taken[0], taken.at(-1)];
    if (first === undefined || last === undefined) return taken;
    const { serverTime, producerTime } = this.#byTime;
    if (this.inOrder) producerTime.deleteRange(first, last, true);
    else for (const fragment of taken) producerTime.delete(fragment);
    serverTime.deleteRange(first, last, true);
    this.#byNumber.deleteRange(first.number, last.number, true);
    return taken;
  }

  /** Takes out all, which costs nothing however many they are. They come in the order of their numbers. */
  takeAll(): Iterator<Fragment> {
    const taken = this.#byNumber;
    this.#byNumber = treeOfNumbers();
    this.#byTime = treesOfTimes();
    return taken.values();
  }

  newest(): Fragment | undefined {
    const number = this.#byNumber.maxKey();
    return number === undefined ? undefined : this.#byNumber.get(number);
  }

  get size(): number {
    return this.#byNumber.size;
  }

  get(number: string): Fragment | undefined {
    return this.#byNumber.get(number);
  }

  /** The next fragment in order of number; the first of all if `number` is undefined. */
  after(number: string | undefined): Fragment | undefined {
    return this.#byNumber.nextHigherPair(number)?.[1];
  }

  /** Of those whose time is not above `time`, the one with the greatest. */
  newestAt(axis: TimeAxis, time: number): Fragment | undefined {
    return this.#byTime[axis].nextLowerPair(probe(time, BEHIND_ALL))?.[1];
  }

  /** The first fragment whose time is greater than `time`. */
  behind(axis: TimeAxis, time: number): Fragment | undefined {
    return this.#byTime[axis].nextHigherPair(probe(time, BEHIND_ALL))?.[1];
  }

  /**
   * Fragments with `start` <= time <= `end`, ascending by (time, number).
   * @param behind leave out those up to and including this place
   */
  *range(axis: TimeAxis, start: number, end: number, behind?: Place): Generator<Fragment> {
    const place = behind === undefined || behind.time < start ? { time: start, number: BEFORE_ALL } : behind;
    for (const [key, fragment] of this.#byTime[axis].entries(probe(place.time, place.number))) {
      if (key[axis] > end) return;
      if (key[axis] !== place.time || key.number !== place.number) yield fragment;
    }
  }

  /**
   * Those with `from` <= time <= `time`, from the latest down.
   * @param behind begins below this one
   */
  *downFrom(axis: TimeAxis, time: number, from: number, behind?: Fragment): Generator<Fragment> {
    const place = behind ?? probe(time, BEHIND_ALL);
    for (const [key, fragment] of this.#byTime[axis].entriesReversed(place, undefined, true)) {
      if (key[axis] < from) return;
      yield fragment;
    }
  }

  /** Those with a number greater than this; all if it is undefined. */
  *ascending(number: string | undefined): Generator<Fragment> {
    for (const [key, fragment] of this.#byNumber.entries(number)) if (key !== number) yield fragment;
  }

  /** From the greatest number down, those between the two; each may be undefined for no end. */
  *newestFirst(above?: string, below?: string): Generator<Fragment> {
    for (const [number, fragment] of this.#byNumber.entriesReversed(below, undefined, true)) {
      if (above !== undefined && compareNumbers(number, above) <= 0) return;
      yield fragment;
    }
  }
}
