import { createHash } from 'node:crypto';

const PREFIX = 1n << 156n;
const DIGITS = 47;

/**
 * Fragment numbers of one stream: 2^156 + sequence * 2^92 + server time in ms * 2^28 + 28 bits, in decimal. Those bits
 * look random; they are a check under the stream's secret, so that a number of another stream is told apart without
 * keeping every number ever given.
 */
export class FragmentNumbers {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

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
    return createHash('sha1').update(`${this.#secret} ${sequence} ${serverTime}`).digest().readUInt32BE(0) >>> 4;
  }
}

/** Numeric order of two decimal strings of any length without leading zeros. */
export const compareNumbers = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

/** The low 32 bits of the sequence number inside any fragment number. */
export const sequenceIn = (number: string): number => Number((BigInt(number) >> 92n) & 0xffff_ffffn);
