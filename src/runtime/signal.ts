/** Wakes everyone who waits, each time something has changed. */
export class Signal {
  #waiting = new Set<() => void>();

  notify(): void {
    if (this.#waiting.size === 0) return;
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }

  /** Resolves at the next `notify`, or when `stop` is aborted. */
  wait(stop: AbortSignal): Promise<void> {
    if (stop.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        stop.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
      stop.addEventListener('abort', wake, { once: true });
    });
  }
}
