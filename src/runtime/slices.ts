import { eventLoopTurn, monotonicNow } from './wall.ts';

/** For all such work together, in one turn of the event loop. */
const SLICE_MS = 10;

/** Where work of any number of callers takes its slices: one after the other, so that many hold up others no more than one. */
export class Slices {
  readonly #waiting: (() => void)[] = [];
  /** When the slice of this turn of the event loop is over; undefined if none has begun in it. */
  #until: number | undefined;
  #turning = false;

  /** Does work that yields between its parts, and lets others have their turns there. */
  async run<T>(steps: Iterator<unknown, T>): Promise<T> {
    for (;;) {
      const next = steps.next();
      if (next.done) return next.value;
      if (this.#isOver()) await this.#turn();
    }
  }

  /**
   * For work that comes in small parts from outside, and may all be there at once: what to wait for before the next part,
   * if anything. Nobody waits longer than to the event loop's next turn.
   */
  giveWay(): Promise<void> | undefined {
    return this.#isOver() ? eventLoopTurn() : undefined;
  }

  #isOver(): boolean {
    const now = monotonicNow();
    if (this.#until === undefined) {
      this.#until = now + SLICE_MS;
      this.#goRound();
    }
    return now >= this.#until;
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#goRound();
    });
  }

  #goRound(): void {
    if (this.#turning) return;
    this.#turning = true;
    void eventLoopTurn().then(() => {
      this.#turning = false;
      this.#until = undefined;
      this.#waiting.shift()?.();
      if (this.#waiting.length > 0) this.#goRound();
    });
  }
}
