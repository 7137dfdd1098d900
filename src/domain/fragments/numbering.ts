import { FragmentNumbers } from './fragmentNumbers.ts';

/** Each producer's session begins its sequence numbers in a block of its own. */
const SEQUENCE_BLOCK = 1000;

/**
 * Gives the fragments of one stream their numbers and server timestamps. Both only ever go up, one with the other: the
 * service takes milliseconds for each fragment, so none of its streams has two of one millisecond. Where ours is faster,
 * stands still or has been set back, a timestamp is ahead of the clock.
 */
export class Numbering {
  readonly #numbers: FragmentNumbers;
  #sequence = 0;
  #session: unknown;
  #newest: string | undefined;
  /** A fragment number has no room for a time before 1970. */
  #nextTime = 0;

  constructor(secret: string) {
    this.#numbers = new FragmentNumbers(secret);
  }

  /** For a fragment that begins now. `session` is whatever is the same object for one session's fragments. */
  next(session: unknown, now: number): { number: string; serverTime: number } {
    const serverTime = Math.max(now, this.#nextTime);
    const number = this.#numbers.make(this.#nextSequence(session), serverTime);
    this.#newest = number;
    this.#nextTime = serverTime + 1;
    return { number, serverTime };
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
    if (this.#session === session && this.#sequence > 0) this.#sequence += 1;
    else this.#sequence = Math.ceil(this.#sequence / SEQUENCE_BLOCK) * SEQUENCE_BLOCK + 1;
    this.#session = session;
    return this.#sequence;
  }
}
