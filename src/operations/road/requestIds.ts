import { isEverywhere, type Where } from '../../domain/resources/scope.ts';
import type { Ids } from '../../runtime/ids.ts';

/** So many callers have ids of their own; the others share theirs. */
const MOST_CALLERS = 10_000;

/** What asks for ids, so that a poll of the emulator or a player never changes those of a test. */
export type RequestUse = 'service' | 'playback' | 'emulator' | 'unreadable';

/** Request ids. Each account in each region, and each use, has a sequence of its own. */
export class RequestIds {
  readonly #ids: Ids;
  readonly #sequences = new Map<string, Ids>();
  /** Chance that nobody seeded is the same for all. */
  readonly #seeded: boolean;

  constructor(ids: Ids) {
    this.#ids = ids;
    this.#seeded = ids.of('requests') !== ids;
  }

  next(use: RequestUse, account = '', region = ''): string {
    return this.#seeded ? this.#sequence(`${use} ${account} ${region}`).uuid() : this.#ids.uuid();
  }

  /** Begins all sequences anew, if everything begins anew. */
  reset(which: Where): void {
    if (isEverywhere(which)) this.#sequences.clear();
  }

  #sequence(of: string): Ids {
    const known = this.#sequences.get(of);
    if (known !== undefined) return known;
    const name = this.#sequences.size < MOST_CALLERS ? of : 'others';
    const sequence = this.#sequences.get(name) ?? this.#ids.of('requests', name);
    this.#sequences.set(name, sequence);
    return sequence;
  }
}
