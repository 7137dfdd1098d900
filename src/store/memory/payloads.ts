import type { Payload, PayloadStore } from '../../domain/ports.ts';

/** Keeps fragments in memory, up to a capacity in bytes. */
export class MemoryPayloadStore implements PayloadStore {
  readonly #capacity: number;
  #used = 0;

  constructor(options: { capacity: number }) {
    this.#capacity = options.capacity;
  }

  reserve(bytes: number): boolean {
    if (this.#used + bytes > this.#capacity) return false;
    this.#used += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#used -= bytes;
  }

  async keep(pieces: readonly Uint8Array[], size: number): Promise<Payload> {
    let kept = pieces;
    return {
      size,
      read: async () => kept,
      remove: () => {
        kept = [];
        this.#used -= size;
      },
    };
  }

  usage(): { used: number; capacity: number } {
    return { used: this.#used, capacity: this.#capacity };
  }
}
