import { randomFillSync } from 'node:crypto';

/** The only source of chance. The same seed gives the same sequence; without one it is the machine's. */
export interface Random {
  /** An integer from 0 to 2^32 - 1. */
  uint32(): number;
  bytes(count: number): Uint8Array;
}

abstract class Source implements Random {
  abstract uint32(): number;

  bytes(count: number): Uint8Array {
    const out = new Uint8Array(count);
    for (let i = 0; i < count; i += 4) {
      let word = this.uint32();
      for (let j = i; j < Math.min(i + 4, count); j++) {
        out[j] = word & 0xff;
        word >>>= 8;
      }
    }
    return out;
  }
}

class SystemRandom extends Source {
  #pool = new Uint32Array(1024);
  #next = this.#pool.length;

  uint32(): number {
    if (this.#next === this.#pool.length) {
      randomFillSync(this.#pool);
      this.#next = 0;
    }
    return this.#pool[this.#next++] as number;
  }
}

/** sfc32 (Chris Doty-Humphrey), seeded as its author says: small, fast, passes PractRand. Not for secrets. */
class SeededRandom extends Source {
  #a = 0;
  #b = 0;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    super();
    this.#c = seed >>> 0;
    for (let i = 0; i < 12; i++) this.uint32();
  }

  uint32(): number {
    const result = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + result;
    return result >>> 0;
  }
}

export const createRandom = (seed?: number): Random =>
  seed === undefined ? new SystemRandom() : new SeededRandom(seed);
