/** Collects bytes that come in pieces of any size; costs a copy, but not an object a piece. */
export class GrowingBuffer {
  #bytes: Uint8Array;
  #length = 0;

  /** @param expected how many bytes will probably come; room for more than 256 is not made before they are there */
  constructor(expected = 256) {
    this.#bytes = new Uint8Array(Math.min(expected, 256));
  }

  get length(): number {
    return this.#length;
  }

  /** Bytes of memory it takes. */
  get room(): number {
    return this.#bytes.length;
  }

  append(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
  }

  /** What has been collected, in an array of its own; the buffer is empty afterwards. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    // What was needed once, for a large header say, is not held as long as the reader lives.
    this.#bytes = new Uint8Array(256);
    this.#length = 0;
    return taken;
  }
}
