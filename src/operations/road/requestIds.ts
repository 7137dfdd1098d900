import { isEverywhere, type Where } from '../../domain/resources/scope.ts';
import type { Ids } from '../../runtime/ids.ts';

/** So many callers have ids of their own; the others share theirs. */
const MOST_CALLERS = 10_000;

const OWN = 'emulator ';

/** What asks for ids, so that a poll of the emulator or a player never changes those of a test. */
export type RequestUse = 'service' | 'playback' | 'emulator' | 'unreadable';

type SavedSequences = readonly (readonly [name: string, state: string])[];

/** Request ids. Each account in each region, and each use, has a sequence of its own. */
export class RequestIds {
  readonly #ids: Ids;
  readonly #sequences = new Map<string, Ids>();

  constructor(ids: Ids) {
    this.#ids = ids;
  }

  next(use: RequestUse, account = '', region = ''): string {
    return this.#sequence(`${use} ${account} ${region}`).uuid();
  }

  /** Begins all sequences anew, if everything begins anew. */
  reset(which: Where): void {
    if (isEverywhere(which)) this.#sequences.clear();
  }

  /** But those of what is asked of the emulator itself: to take a snapshot must not change the next one. */
  save(): SavedSequences {
    const saved = [...this.#sequences].map(([name, sequence]) => [name, sequence.save()] as const);
    return saved.filter(([name]) => !name.startsWith(OWN)).sort(([a], [b]) => (a < b ? -1 : 1));
  }

  load(saved: SavedSequences): void {
    this.#sequences.clear();
    for (const [name, state] of saved) this.#begin(name).load(state);
  }

  #sequence(of: string): Ids {
    const known = this.#sequences.get(of);
    if (known !== undefined) return known;
    const name = this.#sequences.size < MOST_CALLERS ? of : 'others';
    return this.#sequences.get(name) ?? this.#begin(name);
  }

  #begin(name: string): Ids {
    const sequence = this.#ids.of('requests', name);
    this.#sequences.set(name, sequence);
    return sequence;
  }
}
