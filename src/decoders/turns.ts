interface Waiting {
  readonly stream: string;
  readonly begin: (may: boolean) => void;
}

/**
 * Who may run a decoder now: one job of a stream at a time, and `atOnce` over all streams. The rest wait in the order in
 * which they came; who has gone leaves the queue.
 */
export class Turns {
  readonly #atOnce: number;
  readonly #running = new Set<string>();
  /** In order of arrival. */
  readonly #waiting = new Set<Waiting>();

  constructor(atOnce: number) {
    this.#atOnce = Math.max(1, atOnce);
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Resolves to true when it is this job's turn, which lasts until `end` is called; to false if it was not waited for. */
  take(stream: string, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const leave = (): void => waiting.begin(false);
      const waiting: Waiting = {
        stream,
        begin: (may) => {
          signal.removeEventListener('abort', leave);
          this.#waiting.delete(waiting);
          if (may) this.#running.add(stream);
          resolve(may);
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.add(waiting);
      this.#next();
    });
  }

  end(stream: string): void {
    this.#running.delete(stream);
    this.#next();
  }

  #next(): void {
    for (const waiting of this.#waiting) {
      if (this.#running.size >= this.#atOnce) return;
      if (!this.#running.has(waiting.stream)) waiting.begin(true);
    }
  }
}
