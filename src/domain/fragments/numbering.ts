import { FragmentNumbers } from './fragmentNumbers.ts';

/** Each producer's session begins its sequence numbers in a block of its own. */
const SEQUENCE_BLOCK = 1000;
const blocksOf = (sequence: number): number => Math.ceil(sequence / SEQUENCE_BLOCK);

export interface NumberingStart {
  /** How many blocks have been begun. */
  readonly blocks: number;
  /** Keeps that number, when it grows. Throws, and no number is given, if that cannot be done. */
  readonly onBlock: (blocks: number) => void;
  /** The fragment with the greatest number of those that are there. */
  readonly last: { readonly number: string; readonly serverTime: number } | undefined;
}

/** What has been given so far. */
export interface Given {
  readonly sequence: number;
  readonly newest?: string | undefined;
  readonly nextTime: number;
}

/**
 * Gives the fragments of one stream their numbers and server timestamps. Both only ever go up, one with the other: the
 * service takes milliseconds for each fragment, so none of its streams has two of one millisecond. Where ours is faster,
 * stands still or has been set back, a timestamp is ahead of the clock.
 */
export class Numbering {
  /** What it makes numbers with besides sequence and time. */
  readonly secret: string;
  readonly #numbers: FragmentNumbers;
  readonly #onBlock: (blocks: number) => void;
  #sequence: number;
  #session: unknown;
  #newest: string | undefined;
  /** A fragment number has no room for a time before 1970. */
  #nextTime: number;

  /** Goes on behind what was given before, of which the caller knows so much. */
  constructor(secret: string, { blocks, onBlock, last }: NumberingStart) {
    this.secret = secret;
    this.#numbers = new FragmentNumbers(secret);
    this.#onBlock = onBlock;
    const sequence = (last && this.#numbers.sequenceOf(last.number)) ?? 0;
    this.#sequence = Math.max(blocks, blocksOf(sequence)) * SEQUENCE_BLOCK;
    this.#nextTime = last === undefined ? 0 : last.serverTime + 1;
    // That number itself was perhaps never given, but none behind it was.
    if (this.#sequence > 0) this.#newest = this.#numbers.make(this.#sequence, Math.max(0, this.latestTime));
  }

  save(): Given {
    return { sequence: this.#sequence, newest: this.#newest, nextTime: this.#nextTime };
  }

  /** Goes on behind that. */
  load({ sequence, newest, nextTime }: Given): void {
    [this.#sequence, this.#newest, this.#nextTime] = [sequence, newest, nextTime];
  }

  /** For a fragment that begins now. `session` is whatever is the same object for one session's fragments. */
  next(session: unknown, now: number): { number: string; serverTime: number } {
    const serverTime = Math.max(now, this.#nextTime);
    const number = this.#numbers.make(this.#nextSequence(session), serverTime);
    this.#newest = number;
    this.#nextTime = serverTime + 1;
    return { number, serverTime };
  }

  /** So many numbers in a block of their own, one behind the other, for fragments up to a time. Returns the first sequence number. */
  reserve(count: number, lastTime: number): number {
    const first = blocksOf(this.#sequence) * SEQUENCE_BLOCK + 1;
    const last = first + count - 1;
    this.#onBlock(blocksOf(last));
    this.#sequence = last;
    this.#session = undefined;
    this.#newest = this.#numbers.make(last, lastTime);
    this.#nextTime = lastTime + 1;
    return first;
  }

  /** The number last given, whatever became of its fragment. */
  get newest(): string | undefined {
    return this.#newest;
  }

  /** The server timestamp last given. */
  get latestTime(): number {
    return this.#nextTime - 1;
  }

  /** True if `number` was once given, whatever became of its fragment. */
  gave(number: string): boolean {
    const sequence = this.#numbers.sequenceOf(number);
    return sequence !== undefined && sequence >= 1 && sequence <= this.#sequence;
  }

  #nextSequence(session: unknown): number {
    const begun = blocksOf(this.#sequence);
    const goesOn = this.#session === session && this.#sequence > 0;
    const next = (goesOn ? this.#sequence : begun * SEQUENCE_BLOCK) + 1;
    if (blocksOf(next) > begun) this.#onBlock(blocksOf(next));
    this.#sequence = next;
    this.#session = session;
    return next;
  }
}
