import { newBlock } from '../../runtime/block.ts';

/** The first block has no more than this; each is twice as large as the one before, up to the largest. Bytes. */
const FIRST = 256;
const LARGEST = 65_536;

/**
 * Collects bytes that come in pieces of any size; costs a copy, but not an object a piece. What is there is not moved to
 * make room for more: of a buffer that doubles, others would find the halves lying about.
 */
export class GrowingBuffer {
  #blocks: Uint8Array[] = [];
  #last: Uint8Array;
  /** Bytes in the last block, and in those before it. */
  #filled = 0;
  #before = 0;

  /** @param expected how many bytes will probably come, one at least */
  constructor(expected = FIRST) {
    this.#last = new Uint8Array(Math.min(expected, FIRST));
  }

  get length(): number {
    return this.#before + this.#filled;
  }

  /** Bytes of memory it takes. */
  get room(): number {
    return this.#before + this.#last.length;
  }

  append(piece: Uint8Array): void {
    let rest = piece;
    for (let left = this.#left(); rest.length > left; left = this.#left()) {
      this.#last.set(rest.subarray(0, left), this.#filled);
      rest = rest.subarray(left);
      this.#blocks.push(this.#last);
      this.#before += this.#last.length;
      this.#last = newBlock(Math.min(LARGEST, Math.max(FIRST, 2 * this.#last.length)));
      this.#filled = 0;
    }
    this.#last.set(rest, this.#filled);
    this.#filled += rest.length;
  }

  /** What has been collected, in an array of its own; the buffer is empty afterwards. */
  take(): Uint8Array {
    const taken = new Uint8Array(this.length);
    let at = 0;
    for (const block of this.#blocks) {
      taken.set(block, at);
      at += block.length;
    }
    taken.set(this.#last.subarray(0, this.#filled), at);
    // What was needed once, for a large header say, is not held as long as the reader lives.
    if (this.#blocks.length > 0) this.#last = new Uint8Array(FIRST);
    this.#blocks = [];
    this.#filled = 0;
    this.#before = 0;
    return taken;
  }

  #left(): number {
    return this.#last.length - this.#filled;
  }
}
