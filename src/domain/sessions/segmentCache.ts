/**
 * What was made of fragments, by a key that says exactly what: as much as fits, least recently used out first. Two who
 * ask for the same thing at once get the same making of it.
 */
export class SegmentCache {
  readonly #capacity: number;
  /** In order of use. */
  readonly #kept = new Map<string, Uint8Array>();
  #making = new Map<string, Promise<Uint8Array>>();
  #size = 0;

  /** @param capacity in bytes */
  constructor({ capacity }: { capacity: number }) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#size;
  }

  /** @throws whatever `make` throws, which is not remembered */
  async get(key: string, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept;
    }
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

  /** Forgets everything, also what is being made. */
  clear(): void {
    this.#kept.clear();
    this.#making = new Map();
    this.#size = 0;
  }

  #keep(key: string, made: Uint8Array): void {
    if (made.length > this.#capacity) return;
    this.#kept.set(key, made);
    this.#size += made.length;
    for (const [oldest, bytes] of this.#kept) {
      if (this.#size <= this.#capacity) return;
      this.#kept.delete(oldest);
      this.#size -= bytes.length;
    }
  }
}
