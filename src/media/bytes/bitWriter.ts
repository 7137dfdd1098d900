/** Writes bits into bytes, the most significant first: what BitReader reads. */
export class BitWriter {
  #bytes = new Uint8Array(256);
  #length = 0;
  /** Bits of the byte that is not full yet, and how many. */
  #open = 0;
  #count = 0;

  /** The lowest `count` bits of `value`, up to 32. */
  bits(count: number, value: number): void {
    for (let left = count; left > 0; ) {
      const take = Math.min(8 - this.#count, left);
      left -= take;
      this.#open = (this.#open << take) | ((value >>> left) & ((1 << take) - 1));
      this.#count += take;
      if (this.#count === 8) this.#push();
    }
  }

  flag(value: boolean): void {
    this.bits(1, value ? 1 : 0);
  }

  /** Exp-Golomb code, unsigned: ue(v) of H.264, 9.1. */
  ue(value: number): void {
    const length = 32 - Math.clz32(value + 1);
    this.bits(length - 1, 0);
    this.bits(length, value + 1);
  }

  /** Exp-Golomb code, signed: se(v). */
  se(value: number): void {
    this.ue(value > 0 ? 2 * value - 1 : -2 * value);
  }

  /** Zeros up to the next whole byte. */
  align(): void {
    if (this.#count > 0) this.bits(8 - this.#count, 0);
  }

  /** What ends the payload of an H.264 NAL unit: a one, then zeros (7.3.2.11). */
  trailing(): void {
    this.flag(true);
    this.align();
  }

  /** The whole bytes so far, in an array of their own. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #push(): void {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length++] = this.#open;
    this.#open = 0;
    this.#count = 0;
  }
}
