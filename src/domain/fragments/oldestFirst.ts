import BTreeModule from 'sorted-btree';
import type { Fragment } from './fragment.ts';

const BTree = BTreeModule.default;

/** Fragments that can go before their time. */
export interface Dispensable {
  /** The oldest that is whole; undefined if there is none. */
  oldest(): Fragment | undefined;
  /** Lets go of that one. */
  dropOldest(oldest: Fragment): void;
}

type Key = readonly [time: number, order: number];

/**
 * All streams by their oldest fragment, so that the oldest of all is found in O(log n). Places are put right when they
 * are looked at: fragments that go by themselves need not tell.
 */
export class OldestFirst {
  readonly #queue = new BTree<Key, Dispensable>(undefined, (a, b) => a[0] - b[0] || a[1] - b[1]);
  readonly #listed = new Set<Dispensable>();
  #order = 0;

  /** It has a whole fragment of that time. */
  note(stream: Dispensable, time: number): void {
    if (!this.#listed.has(stream)) this.#list(stream, time);
  }

  /** Drops the oldest fragment of all; false if there is none. */
  drop(): boolean {
    for (let first = this.#queue.minKey(); first !== undefined; first = this.#queue.minKey()) {
      const stream = this.#queue.get(first) as Dispensable;
      const oldest = stream.oldest();
      if (oldest !== undefined && oldest.serverTime === first[0]) {
        stream.dropOldest(oldest);
        return true;
      }
      this.#queue.delete(first);
      this.#listed.delete(stream);
      if (oldest !== undefined) this.#list(stream, oldest.serverTime);
    }
    return false;
  }

  #list(stream: Dispensable, time: number): void {
    this.#listed.add(stream);
    this.#queue.set([time, this.#order++], stream);
  }
}
