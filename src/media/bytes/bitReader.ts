/** Thrown by a BitReader that is asked for more than there is. */
export class BitsExhausted extends Error {
  constructor() {
    super('the bits end too early');
    this.name = 'BitsExhausted';
  }
}

/** Reads a byte string bit by bit, the most significant first. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length * 8 - this.#at;
  }

  /** An unsigned number of up to 32 bits. */
  bits(count: number): number {
    if (count > this.left) throw new BitsExhausted();
    let value = 0;
    for (let i = 0; i < count; i++, this.#at++) {
      value = value * 2 + (((this.#bytes[this.#at >> 3] as number) >> (7 - (this.#at & 7))) & 1);
    }
    return value;
  }

  flag(): boolean {
    return this.bits(1) === 1;
  }

  skip(count: number): void {
    if (count > this.left) throw new BitsExhausted();
    this.#at += count;
  }

  /** On to the next whole byte, from the first on. */
  align(): void {
    this.#at = Math.ceil(this.#at / 8) * 8;
  }

  /** Exp-Golomb code, unsigned: ue(v) of H.264, 9.1. */
  ue(): number {
    let zeros = 0;
    while (!this.flag()) zeros++;
    if (zeros > 32) throw new BitsExhausted();
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** Exp-Golomb code, signed: se(v). */
  se(): number {
    const code = this.ue();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}
