import { createHash, randomFillSync } from 'node:crypto';

/** The only source of chance. The same seed gives the same sequence; without one it is the machine's. */
export interface Random {
  /** An integer from 0 to 2^32 - 1. */
  uint32(): number;
  bytes(count: number): Uint8Array;
  /** A sequence of its own for one use: it depends on the seed and the use alone, not on what else is drawn or when. */
  of(use: string): Random;
}

abstract class Source implements Random {
  abstract uint32(): number;
  abstract of(use: string): Random;

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

  of(): Random {
    return this;
  }
}

/** sfc32 (Chris Doty-Humphrey), seeded as its author says: small, fast, passes PractRand. Not for secrets. */
class SeededRandom extends Source {
  /** Who this is: the seed, or what it became on the way to a use. */
  readonly #key: Buffer;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(key: Buffer) {
    super();
    this.#key = key;
    this.#a = key.readInt32LE(0);
    this.#b = key.readInt32LE(4);
    this.#c = key.readInt32LE(8);
    for (let i = 0; i < 12; i++) this.uint32();
  }

  of(use: string): Random {
    return new SeededRandom(createHash('sha256').update(this.#key).update(use).digest());
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
  seed === undefined ? new SystemRandom() : new SeededRandom(createHash('sha256').update(String(seed)).digest());
