import { storeError } from './failures.ts';
import type { Flushable } from './groupCommit.ts';

export interface Removable {
  /** Writes down which fragments have been removed, and removes segments that have none left. */
  flushRemoved(): Promise<void>;
}

/** What has been removed and is still to be written down, of all streams. */
export class Removals implements Flushable {
  readonly #commit: (removals: Removals) => void;
  #sets = new Set<Removable>();
  #due = false;

  /** @param commit is to have it flushed */
  constructor(commit: (removals: Removals) => void) {
    this.#commit = commit;
  }

  note(set: Removable): void {
    this.#sets.add(set);
    if (this.#due) return;
    this.#due = true;
    this.#commit(this);
  }

  async flush(): Promise<void> {
    this.#due = false;
    const sets = this.#sets;
    this.#sets = new Set();
    for (const set of sets) {
      sets.delete(set);
      try {
        await set.flushRemoved();
      } catch (error) {
        // They are tried again with the next that is removed.
        this.#sets = new Set([set, ...sets, ...this.#sets]);
        throw storeError(error, 'What has been removed cannot be written down');
      }
    }
  }
}
