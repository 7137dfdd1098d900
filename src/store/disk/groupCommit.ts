import { monotonicNow, wallTimeoutHeld } from '../../runtime/wall.ts';

/** Something that what was added to it is written of, and made safe, all at once. */
export interface Flushable {
  /** Resolves when everything that had been added when it was called is safe. Rejects with a StoreError. */
  flush(): Promise<void>;
}

interface Waiting {
  readonly promise: Promise<void>;
  readonly resolve: (flushed: Promise<void>) => void;
}

/**
 * What whoever waits for is made safe together, over all files: at most once in so many milliseconds, and no file twice at
 * a time. One that takes long holds up none of the others.
 */
export class GroupCommit {
  readonly #everyMs: number;
  readonly #next = new Map<Flushable, Waiting>();
  readonly #running = new Map<Flushable, Promise<void>>();
  #begun = Number.NEGATIVE_INFINITY;
  #armed = false;

  /** @param everyMs real time; 0 begins at once */
  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** Resolves when everything that has been added to it is safe. Rejects with a StoreError. */
  commit(file: Flushable): Promise<void> {
    let waiting = this.#next.get(file);
    if (waiting === undefined) {
      waiting = deferred();
      this.#next.set(file, waiting);
      this.#arm();
    }
    return waiting.promise;
  }

  /** What to wait for until nothing that has been added to it is unsafe; undefined if there is nothing to wait for. */
  pending(file: Flushable): Promise<void> | undefined {
    return this.#next.get(file)?.promise ?? this.#running.get(file);
  }

  /** Resolves when nothing is on its way any more, whatever came of it. */
  async settle(): Promise<void> {
    while (this.#next.size + this.#running.size > 0) {
      this.#go();
      await Promise.allSettled([...this.#running.values()]);
    }
  }

  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    const wait = this.#begun + this.#everyMs - monotonicNow();
    const go = (): void => {
      this.#armed = false;
      this.#go();
    };
    // Whoever is at it may have more to add.
    if (wait <= 0) queueMicrotask(go);
    // A start may have nothing else to wait for, and so may who ends.
    else wallTimeoutHeld(go, wait);
  }

  #go(): void {
    this.#begun = monotonicNow();
    for (const [file, waiting] of this.#next) {
      if (this.#running.has(file)) continue;
      this.#next.delete(file);
      const flushed = file.flush().finally(() => {
        this.#running.delete(file);
        if (this.#next.has(file)) this.#arm();
      });
      this.#running.set(file, flushed);
      waiting.resolve(flushed);
    }
  }
}

function deferred(): Waiting {
  let resolve: Waiting['resolve'] = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  // Who waits hears of it; there may be nobody.
  promise.catch(() => undefined);
  return { promise, resolve };
}
