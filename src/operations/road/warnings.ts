import { isEverywhere, type Where } from '../../domain/resources/scope.ts';
import type { Facts, Log } from '../../runtime/log.ts';

/** So many kinds are told apart; what comes beyond them, such as a thousand unknown paths, counts as one of a few. */
const MOST_KINDS = 200;

interface Tally {
  readonly what: string;
  readonly difference: string;
  count: number;
  /** The count last told. */
  told: number;
}

/**
 * The log's share of warnings: each kind is said in full when it is met first, and from then on counted. The count is
 * told when it comes to ten, a hundred and so on, and in the end: however many clients do the same, the log stays short.
 */
export class Warnings {
  readonly #log: Log;
  readonly #tallies = new Map<string, Tally>();

  constructor(log: Log) {
    this.#log = log;
  }

  /**
   * @param what the operation, or else the method and path
   * @param say writes the whole warning; called for the first `often` of the kind
   */
  count(difference: string, what: string, say: () => void, often = 1): void {
    const tally = this.#tally(difference, what);
    tally.count += 1;
    if (tally.count <= often) {
      tally.told = tally.count;
      say();
    } else if (isPowerOfTen(tally.count)) this.#tellCount(tally);
  }

  /** Tells what has been counted since it was last told, and begins anew. */
  finish(): void {
    for (const tally of this.#tallies.values()) if (tally.count > tally.told) this.#tellCount(tally);
    this.#tallies.clear();
  }

  save(): Tally[] {
    return [...this.#tallies.values()];
  }

  load(saved: readonly Tally[]): void {
    this.#tallies.clear();
    for (const tally of saved) this.#tallies.set(keyOf(tally), { ...tally });
  }

  /** Begins anew. Who resets before each test need not be told each time how often the one before was warned. */
  reset(which: Where): void {
    if (isEverywhere(which)) this.#tallies.clear();
  }

  #tellCount(tally: Tally): void {
    tally.told = tally.count;
    const facts: Facts = { difference: tally.difference, times: tally.count };
    this.#log.warn(`${tally.what} again, and ${tally.count} times by now: what has been warned of above.`, facts);
  }

  #tally(difference: string, what: string): Tally {
    const key = keyOf({ difference, what });
    const found = this.#tallies.get(key);
    if (found !== undefined) return found;
    if (this.#tallies.size >= MOST_KINDS && what !== OTHERS) return this.#tally(difference, OTHERS);
    const made = { what, difference, count: 0, told: 0 };
    this.#tallies.set(key, made);
    return made;
  }
}

const keyOf = ({ difference, what }: Pick<Tally, 'difference' | 'what'>): string => `${difference} ${what}`;

const OTHERS = 'Another request';

function isPowerOfTen(count: number): boolean {
  let rest = count;
  while (rest % 10 === 0) rest /= 10;
  return rest === 1;
}
