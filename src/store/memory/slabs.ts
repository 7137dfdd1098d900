import { newBlock } from '../../runtime/block.ts';
import { letGo } from '../../runtime/letGo.ts';
import type { Unused } from '../../runtime/room.ts';
import { wallTimeout } from '../../runtime/wall.ts';

/** A stream's bytes lie in blocks of this size, smaller ones while it has few. */
export const SLAB_BYTES = 1024 * 1024;
/** Blocks that nobody has wanted for so long go back to the machine. Milliseconds of real time. */
const SPARE_MS = 10_000;

/** Memory that fragments lie in, one behind the other. */
export interface Slab {
  readonly bytes: Uint8Array;
  filled: number;
  /** Bytes of fragments that are still kept. */
  live: number;
  /** Bytes between those that nothing can be written over. */
  wasted: number;
  /** Somebody has been given a view of it and may look at it for as long as they like. */
  seen: boolean;
}

/** Spare blocks of one size. */
interface Spare {
  readonly blocks: Uint8Array[];
  /** The fewest there were when one was taken since the last look: those were not needed. */
  fewest: number;
}

/**
 * Blocks to be filled, those that have been filled before first. To get memory from the machine takes longer than to
 * fill it, and each block more is a reason for V8 to go through the whole heap.
 */
export class Slabs implements Unused {
  /** By the size of the blocks, of which there are few: each is a power of two. */
  readonly #spare = new Map<number, Spare>();
  #spareBytes = 0;
  #looking = false;
  readonly #allocate: (size: number) => Uint8Array;

  /** @param allocate gets so many bytes from the machine, all zeros */
  constructor(allocate: (size: number) => Uint8Array = newBlock) {
    this.#allocate = allocate;
  }

  /** What lies here unused. */
  get bytes(): number {
    return this.#spareBytes;
  }

  /** A block of `size` bytes. `most` is how many bytes may lie here unused behind it. */
  take(size: number, most: number): Slab {
    const again = this.#takeSpare(size);
    if (this.#spareBytes > most) this.shrinkTo(most, size);
    return { bytes: again ?? this.#allocate(size), filled: 0, live: 0, wasted: 0, seen: false };
  }

  /** Takes back a block in which nothing is kept any more. Whoever has a view of it keeps it. */
  give({ bytes, seen }: Slab): void {
    if (seen) return;
    const spare = this.#spare.get(bytes.length);
    if (spare === undefined) this.#spare.set(bytes.length, { blocks: [bytes], fewest: Number.POSITIVE_INFINITY });
    else spare.blocks.push(bytes);
    this.#spareBytes += bytes.length;
    if (!this.#looking) this.#look();
  }

  #takeSpare(size: number): Uint8Array | undefined {
    const spare = this.#spare.get(size);
    const block = spare?.blocks.pop();
    if (spare === undefined || block === undefined) return undefined;
    spare.fewest = Math.min(spare.fewest, spare.blocks.length);
    this.#spareBytes -= size;
    return block;
  }

  /** Lets so many go that no more than `most` bytes remain: small ones first, those of the size that is wanted last. */
  shrinkTo(most: number, wanted = 0): void {
    const others = [...this.#spare.keys()].filter((size) => size !== wanted).sort((a, b) => a - b);
    for (const size of [...others, wanted]) {
      const over = Math.ceil((this.#spareBytes - most) / size);
      if (over > 0) this.#forget(this.#spare.get(size)?.blocks.splice(0, over) ?? []);
    }
  }

  #forget(blocks: readonly Uint8Array[]): void {
    for (const block of blocks) {
      this.#spareBytes -= block.length;
      letGo(block);
    }
  }

  #look(): void {
    this.#looking = true;
    for (const spare of this.#spare.values()) spare.fewest = Number.POSITIVE_INFINITY;
    wallTimeout(() => {
      this.#looking = false;
      for (const { blocks, fewest } of this.#spare.values()) this.#forget(blocks.splice(0, fewest));
      if (this.#spareBytes > 0) this.#look();
    }, SPARE_MS);
  }
}
