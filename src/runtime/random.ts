import { hash, randomBytes, randomFillSync } from 'node:crypto';

/** Where numbers come from that nobody can foresee. */
export interface Chance {
  /** An integer from 0 to 2^32 - 1. */
  uint32(): number;
  bytes(count: number): Uint8Array;
}

/** The only source of chance that can be had again: the same seed gives the same sequence. */
export interface Random extends Chance {
  /** A sequence of its own for one use: it depends on the seed and the use alone, not on what else is drawn or when. */
  of(use: string): Random;
  /** All there is to know of it, as text: whoever loads that goes on as this one would. */
  save(): string;
  load(saved: string): void;
  /** Whether what it gives for a use is what the other gives. */
  isLike(other: Random): boolean;
}

abstract class Source implements Chance {
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

class SystemChance extends Source {
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
class SeededRandom extends Source implements Random {
  /** Who this is: the seed, or what it became on the way to a use. */
  #key: Buffer;
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
    return new SeededRandom(digest(Buffer.concat([this.#key, Buffer.from(use)])));
  }

  uint32(): number {
    const result = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + result;
    return result >>> 0;
  }

  save(): string {
    return [this.#key.toString('hex'), this.#a, this.#b, this.#c, this.#counter].join(' ');
  }

  isLike(other: Random): boolean {
    return other instanceof SeededRandom && other.#key.equals(this.#key);
  }

  load(saved: string): void {
    const [, key = '', a, b, c, counter] = SAVED.exec(saved) ?? [];
    if (key === '') throw new TypeError('What was saved of chance cannot be read.');
    this.#key = Buffer.from(key, 'hex');
    [this.#a, this.#b, this.#c, this.#counter] = [Number(a), Number(b), Number(c), Number(counter)];
  }
}

/** Each stream takes several: as text it comes at two thirds of the time. */
const digest = (data: string | Buffer): Buffer => Buffer.from(hash('sha256', data, 'binary'), 'binary');

const KEY_BYTES = 32;
const SAVED = /^([0-9a-f]{64}) (-?\d{1,16}) (-?\d{1,16}) (-?\d{1,16}) (\d{1,16})$/;

/** Chance that is never the same twice: the machine's. */
export const systemChance = (): Chance => new SystemChance();

/** Without a seed it has one that nobody knows, so that it can be saved and had again all the same. */
export const createRandom = (seed?: number | string): Random =>
  new SeededRandom(seed === undefined ? randomBytes(KEY_BYTES) : digest(String(seed)));
