import type { Clock } from '../../runtime/clock.ts';
import type { Ack } from './acks.ts';
import type { Fragment } from './fragment.ts';
import type { FragmentLog } from './fragmentLog.ts';
import type { Metadata } from './fragmentTags.ts';

export interface StoringServices {
  readonly fragments: Pick<FragmentLog, 'secured' | 'complete' | 'counts'>;
  readonly clock: Clock;
  readonly emit: (ack: Ack) => void;
  /** How much later than it is kept the nth fragment is listed, in ms. */
  readonly listDelay?: ((fragment: number) => number) | undefined;
  /** Told of each fragment in the archive that has metadata. */
  readonly announce?: ((fragment: Fragment, metadata: Metadata) => void) | undefined;
}

/** One session's fragments on their way into the store, and the keys they wait for. */
export class Storing {
  readonly #services: StoringServices;
  readonly #failed: (fragment: Fragment, error: unknown) => void;
  #storing: Promise<void> = Promise.resolve();
  /** One for each that is on its way, in order. */
  readonly #each: Promise<void>[] = [];
  #waiting = 0;
  #count = 0;
  #keyless: Promise<void> | undefined;

  /** @param failed told, in its turn, of one that could not be stored */
  constructor(services: StoringServices, failed: (fragment: Fragment, error: unknown) => void) {
    this.#services = services;
    this.#failed = failed;
  }

  /** How many are on their way. */
  get backlog(): number {
    return this.#waiting;
  }

  /** Pending as long as it is not known whether there is a key for what has begun. Rejects with a StoreError if not. */
  get keyless(): Promise<void> | undefined {
    return this.#keyless;
  }

  /** Resolves when everything so far has been stored. */
  get done(): Promise<void> {
    return this.#storing;
  }

  /** Resolves when the next of them has been. */
  get next(): Promise<void> {
    return this.#each[0] ?? this.#storing;
  }

  /** Runs when everything so far has been stored, before what comes is told of. */
  afterwards(run: () => void): void {
    this.#storing = this.#storing.then(run);
  }

  /** Nothing is kept without a key. Where that is found out later, nothing more is read until then. */
  secure(fragment: Fragment): void {
    const waits = this.#services.fragments.secured(fragment);
    if (waits === undefined) return;
    const known = waits.catch(async (error) => {
      // What came whole before is told first, and may have failed for the same reason.
      await this.#storing;
      throw error;
    });
    this.#keyless = known;
    known.then(
      () => {
        if (this.#keyless === known) this.#keyless = undefined;
      },
      () => undefined,
    );
  }

  /** Keeps one that has come whole. */
  add(fragment: Fragment, lengthMs: number, metadata: Metadata | undefined): void {
    this.#waiting += 1;
    this.#count += 1;
    const { fragments, announce, clock } = this.#services;
    const receivedAt = clock.now();
    const stored = fragments.complete(fragment, lengthMs, this.#services.listDelay?.(this.#count));
    const acknowledged = async (): Promise<void> => {
      try {
        if (!(await stored)) return;
        fragments.counts.persistedAck.add(clock.now() - receivedAt);
        this.#services.emit({ event: 'PERSISTED', fragment });
        if (metadata !== undefined) announce?.(fragment, metadata);
      } catch (error) {
        this.#failed(fragment, error);
      } finally {
        this.#waiting -= 1;
        this.#each.shift();
      }
    };
    // PERSISTED comes in the order of the fragments, however long the store takes for each.
    this.#storing = Promise.all([this.#storing, stored.catch(() => undefined)]).then(acknowledged);
    this.#each.push(this.#storing);
  }
}
