import { LRUCache } from 'lru-cache';
import type { Room } from '../../runtime/room.ts';

/**
 * What was made of fragments, by a key that says exactly what: as much as fits, least recently used out first. Two who
 * ask for the same thing at once get the same making of it.
 */
export class SegmentCache {
  readonly #capacity: number;
  readonly #room: Room | undefined;
  readonly #kept: LRUCache<string, Uint8Array>;
  #making = new Map<string, Promise<Uint8Array>>();

  /**
   * @param capacity in bytes
   * @param room where they are counted as well
   */
  constructor({ capacity, room }: { capacity: number; room?: Room }) {
    this.#capacity = Math.floor(capacity);
    this.#room = room;
    this.#kept = new LRUCache({
      // 0 would be no bound at all.
      maxSize: Math.max(this.#capacity, 1),
      sizeCalculation: ({ length }) => Math.max(length, 1),
      dispose: ({ length }) => room?.release(length),
    });
  }

  get size(): number {
    return this.#kept.calculatedSize;
  }

  /** @throws whatever `make` throws, which is not remembered */
  async get(key: string, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const under = this.#making.get(key);
    if (under !== undefined) return under;
    const making = make();
    this.#making.set(key, making);
    try {
      const made = await making;
      if (this.#making.get(key) === making) this.#keep(key, made);
      return made;
    } finally {
      if (this.#making.get(key) === making) this.#making.delete(key);
    }
  }

  /** Forgets everything, also what is being made: it can be made again. */
  reset(): void {
    this.#kept.clear();
    this.#making = new Map();
  }

  /** Lets go of what was not used for longest; false if there is nothing. */
  giveUp(): boolean {
    return this.#kept.pop() !== undefined;
  }

  #keep(key: string, made: Uint8Array): void {
    if (made.length > this.#capacity) return;
    while (this.size + made.length > this.#capacity) this.giveUp();
    // Nothing else has to go for what can be made again.
    if (this.#room !== undefined && !this.#room.reserveFree(made.length)) return;
    this.#kept.set(key, made);
  }
}
