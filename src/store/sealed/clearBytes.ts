import type { Slab, Slabs } from '../memory/slabs.ts';

/** For a fragment that has only begun, and never more than this. */
const SMALLEST_BLOCK = 4096;
const LARGEST_BLOCK = 262_144;

/**
 * The bytes of one open fragment, in the clear, in blocks of its own: when it is sealed nothing of them is left. Blocks
 * that no reader has a view of are wiped and filled again.
 */
export class ClearBytes {
  readonly #slabs: Slabs;
  /** How many bytes may lie unused. */
  readonly #spare: () => number;
  #blocks: Slab[] = [];
  #size = 0;

  constructor(slabs: Slabs, spare: () => number) {
    this.#slabs = slabs;
    this.#spare = spare;
  }

  get size(): number {
    return this.#size;
  }

  append(piece: Uint8Array): void {
    for (let at = 0; at < piece.length; ) {
      const block = this.#withRoom(piece.length - at);
      const length = Math.min(piece.length - at, block.bytes.length - block.filled);
      block.bytes.set(at === 0 && length === piece.length ? piece : piece.subarray(at, at + length), block.filled);
      block.filled += length;
      this.#size += length;
      at += length;
    }
  }

  #withRoom(wanted: number): Slab {
    const last = this.#blocks.at(-1);
    if (last !== undefined && last.filled < last.bytes.length) return last;
    // As much again as there is already.
    const bytes = Math.min(Math.max(this.#size, wanted, SMALLEST_BLOCK), LARGEST_BLOCK);
    const block = this.#slabs.take(2 ** Math.ceil(Math.log2(bytes)), this.#spare());
    this.#blocks.push(block);
    return block;
  }

  look(): readonly Uint8Array[] {
    return this.#blocks.map(({ bytes, filled }) => bytes.subarray(0, filled));
  }

  /** The bytes of a block behind the first `from`; undefined if there is no such block. They stay valid. */
  view(block: number, from: number): Uint8Array | undefined {
    const slab = this.#blocks[block];
    if (slab === undefined) return undefined;
    if (slab.filled > from) slab.seen = true;
    return slab.bytes.subarray(from, slab.filled);
  }

  /** Hands over the bytes in order, and is rid of each piece as soon as the next is asked for. */
  *drain(): Generator<Uint8Array> {
    const blocks = this.#blocks;
    this.#blocks = [];
    try {
      for (const block of blocks) {
        yield block.bytes.subarray(0, block.filled);
        this.#rid(block);
      }
    } finally {
      for (const block of blocks) if (block.filled > 0) this.#rid(block);
    }
  }

  clear(): void {
    for (const _ of this.drain());
  }

  #rid(block: Slab): void {
    this.#size -= block.filled;
    // Who has a view of it is still being sent it.
    if (!block.seen) block.bytes.fill(0, 0, block.filled);
    block.filled = 0;
    this.#slabs.give(block);
  }
}
