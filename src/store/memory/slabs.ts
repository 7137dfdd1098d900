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
  /** Somebody has been given a view of it and may look at it for as long as they like. */
  seen: boolean;
}

/**
 * Blocks to be filled, those that have been filled before first. To get memory from the machine takes longer than to
 * fill it, and each block more is a reason for V8 to go through the whole heap.
 */
export class Slabs {
  #spare: Uint8Array[] = [];
  /** The fewest spare blocks there were when one was taken since the last look: those were not needed. */
  #fewest = Number.POSITIVE_INFINITY;
  #looking = false;

  /** A block of `size` bytes. `most` is how many bytes may lie here unused behind it. */
  take(size: number, most: number): Slab {
    const again = size === SLAB_BYTES ? this.#spare.pop() : undefined;
    if (this.#spare.length * SLAB_BYTES > most) this.#spare.length = Math.floor(most / SLAB_BYTES);
    this.#fewest = Math.min(this.#fewest, this.#spare.length);
    return { bytes: again ?? Buffer.allocUnsafeSlow(size), filled: 0, live: 0, seen: false };
  }

  /** Takes back a block in which nothing is kept any more. Whoever has a view of it keeps it. */
  give({ bytes, seen }: Slab): void {
    if (seen || bytes.length !== SLAB_BYTES) return;
    this.#spare.push(bytes);
    if (!this.#looking) this.#look();
  }

  #look(): void {
    this.#looking = true;
    this.#fewest = Number.POSITIVE_INFINITY;
    wallTimeout(() => {
      this.#looking = false;
      this.#spare.splice(0, this.#fewest);
      if (this.#spare.length > 0) this.#look();
    }, SPARE_MS);
  }
}
