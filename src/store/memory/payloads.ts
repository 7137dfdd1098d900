import type { Payload, PayloadShelf, PayloadStore } from '../../domain/ports.ts';
import { SLAB_BYTES, type Slab, Slabs } from './slabs.ts';

const SMALLEST_SLAB = 4096;

/** Keeps fragments in memory, up to a capacity in bytes. */
export class MemoryPayloadStore implements PayloadStore {
  readonly #capacity: number;
  readonly #slabs = new Slabs();
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

  /** Fragments of one stream end in the order in which they came, so those that lie together go together. */
  shelf(): PayloadShelf {
    return new MemoryShelf(this);
  }

  usage(): { used: number; capacity: number } {
    return { used: this.#used, capacity: this.#capacity };
  }

  takeSlab(size: number): Slab {
    return this.#slabs.take(size, this.#capacity - this.#used);
  }

  giveSlab(slab: Slab): void {
    this.#slabs.give(slab);
  }
}

/** Bytes of one fragment that lie in one slab. */
interface Part {
  readonly slab: Slab;
  readonly start: number;
  end: number;
}

class MemoryShelf implements PayloadShelf {
  readonly #store: MemoryPayloadStore;
  #slab: Slab | undefined;
  #kept = 0;

  constructor(store: MemoryPayloadStore) {
    this.#store = store;
  }

  async keep(pieces: readonly Uint8Array[], size: number): Promise<Payload> {
    const parts: Part[] = [];
    this.#kept += size;
    for (const piece of pieces) {
      for (let at = 0; at < piece.length; ) at += this.#add(parts, at === 0 ? piece : piece.subarray(at));
    }
    return new MemoryPayload(this, parts, size);
  }

  /** Copies as much of the piece as there is room for in one slab; returns how much that was. */
  #add(parts: Part[], piece: Uint8Array): number {
    const slab = this.#slabWithRoom();
    const { filled } = slab;
    const length = Math.min(piece.length, slab.bytes.length - filled);
    slab.bytes.set(length === piece.length ? piece : piece.subarray(0, length), filled);
    slab.filled += length;
    slab.live += length;
    const last = parts.at(-1);
    if (last?.slab === slab) last.end = slab.filled;
    else parts.push({ slab, start: filled, end: slab.filled });
    return length;
  }

  #slabWithRoom(): Slab {
    const current = this.#slab;
    if (current !== undefined && current.filled < current.bytes.length) return current;
    // As much again as the stream already has: one with little must not hold a megabyte for it.
    const wanted = 2 ** Math.ceil(Math.log2(Math.max(this.#kept, SMALLEST_SLAB)));
    this.#slab = this.#store.takeSlab(Math.min(wanted, SLAB_BYTES));
    return this.#slab;
  }

  remove(parts: readonly Part[], size: number): void {
    this.#kept -= size;
    this.#store.release(size);
    for (const { slab, start, end } of parts) {
      slab.live -= end - start;
      if (slab.live > 0) continue;
      // The one being filled is given back too: what is left of it may be all that a stream without fragments holds.
      if (slab === this.#slab) this.#slab = undefined;
      this.#store.giveSlab(slab);
    }
  }
}

/** A class and not two closures: there may be millions of them. */
class MemoryPayload implements Payload {
  readonly size: number;
  readonly #shelf: MemoryShelf;
  #parts: readonly Part[];

  constructor(shelf: MemoryShelf, parts: readonly Part[], size: number) {
    this.size = size;
    this.#shelf = shelf;
    this.#parts = parts;
  }

  async read(): Promise<readonly Uint8Array[]> {
    return this.#parts.map(({ slab, start, end }) => {
      slab.seen = true;
      return slab.bytes.subarray(start, end);
    });
  }

  remove(): void {
    this.#shelf.remove(this.#parts, this.size);
    this.#parts = [];
  }
}
