import type { Payload, PayloadStore } from '../../domain/ports.ts';

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
    let kept = size / pieces.length < SMALL_PIECE ? [join(pieces, size)] : pieces.map(ownBytes);
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

function join(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const out = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/** A small view would keep all of the buffer it looks into. */
const ownBytes = (piece: Uint8Array): Uint8Array =>
  piece.length * 2 < piece.buffer.byteLength ? new Uint8Array(piece) : piece;
