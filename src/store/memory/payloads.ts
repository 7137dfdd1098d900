import type { Payload, PayloadStore } from '../../domain/ports.ts';
import { concatenate } from '../../runtime/bytes.ts';

/** Below this mean size the pieces of a fragment cost more than copying them into one does. */
const SMALL_PIECE = 8192;

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
    const kept = size / pieces.length < SMALL_PIECE ? [concatenate(pieces)] : pieces.map(ownBytes);
    return new MemoryPayload(this, kept, size);
  }

  usage(): { used: number; capacity: number } {
    return { used: this.#used, capacity: this.#capacity };
  }
}

/** A class and not two closures: there may be millions of them. */
class MemoryPayload implements Payload {
  readonly size: number;
  readonly #store: MemoryPayloadStore;
  #pieces: readonly Uint8Array[];

  constructor(store: MemoryPayloadStore, pieces: readonly Uint8Array[], size: number) {
    this.size = size;
    this.#store = store;
    this.#pieces = pieces;
  }

  async read(): Promise<readonly Uint8Array[]> {
    return this.#pieces;
  }

  remove(): void {
    this.#pieces = [];
    this.#store.release(this.size);
  }
}

/** A small view would keep all of the buffer it looks into. */
const ownBytes = (piece: Uint8Array): Uint8Array =>
  piece.length * 2 < piece.buffer.byteLength ? new Uint8Array(piece) : piece;
