/** Wakes everyone who waits, each time something has changed. */
export class Signal {
  /** Undefined as long as nobody waits: with many producers nearly all changes are of streams that nobody reads. */
  #waiting: Set<() => void> | undefined;

  notify(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    for (const wake of waiting) wake();
  }

  /** Resolves at the next `notify`, or when `stop` is aborted. */
  wait(stop: AbortSignal): Promise<void> {
    if (stop.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        stop.removeEventListener('abort', wake);
        this.#waiting?.delete(wake);
        resolve();
      };
      this.#waiting ??= new Set();
      this.#waiting.add(wake);
      stop.addEventListener('abort', wake, { once: true });
    });
  }
}
