import { createHash } from 'node:crypto';

const PREFIX = 1n << 156n;
const DIGITS = 47;

/**
 * Fragment numbers of one stream: 2^156 + sequence * 2^92 + server time in ms * 2^28 + 28 bits, in decimal. Those bits
 * look random; they are a check under the stream's secret, so that a number of another stream is told apart without
 * keeping every number ever given.
 */
export class FragmentNumbers {
  readonly #secret: Buffer;

  constructor(secret: string) {
    this.#secret = createHash('sha1').update(secret).digest();
  }

  /** @param serverTime from 1970 on: the format has no room for an earlier one */
  make(sequence: number, serverTime: number): string {
    const value = PREFIX | (BigInt(sequence) << 92n) | (BigInt(serverTime) << 28n);
    return (value | BigInt(this.#check(sequence, serverTime))).toString();
  }

  /** The sequence number inside `number`, or undefined if this stream never gave it. */
  sequenceOf(number: string): number | undefined {
    if (number.length !== DIGITS || !/^\d+$/.test(number)) return undefined;
    const value = BigInt(number);
    const sequence = Number((value >> 92n) & 0xffff_ffff_ffff_ffffn);
    const serverTime = Number((value >> 28n) & 0xffff_ffff_ffff_ffffn);
    const genuine = value >> 156n === 1n && Number(value & 0xfff_ffffn) === this.#check(sequence, serverTime);
    return genuine ? sequence : undefined;
  }

  #check(sequence: number, serverTime: number): number {
    let state = this.#secret.readInt32BE(0);
    for (const word of [sequence, sequence / 2 ** 32, serverTime, serverTime / 2 ** 32]) state = mix(state, word);
    return mix(state, this.#secret.readInt32BE(4)) >>> 4;
  }
}

/** A round and the end of MurmurHash3 (Austin Appleby): a fragment a microsecond would be too much for a real hash. */
function mix(state: number, word: number): number {
  const scrambled = Math.imul(word, 0xcc9e2d51);
  let mixed = state ^ Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** Numeric order of two decimal strings of any length without leading zeros. */
export const compareNumbers = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

/** The low 32 bits of the sequence number inside any fragment number. */
export const sequenceIn = (number: string): number => Number((BigInt(number) >> 92n) & 0xffff_ffffn);

/** The server timestamp inside any fragment number. */
export const serverTimeIn = (number: string): number => Number((BigInt(number) >> 28n) & 0xffff_ffff_ffff_ffffn);
