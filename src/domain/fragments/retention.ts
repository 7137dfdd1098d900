import type { Clock } from '../../runtime/clock.ts';
import type { FragmentIndex } from './fragmentIndex.ts';
import type { Gone } from './gone.ts';
import type { HotBuffer } from './hotBuffer.ts';

interface Parts {
  readonly clock: Clock;
  readonly index: FragmentIndex;
  readonly hot: HotBuffer;
  readonly gone: Gone;
  /** Lets go of what is shown and has a time up to that. */
  readonly expireShown: (time: number) => void;
}

/** How long a stream's fragments are there, and the clock's work for that. */
export class Retention {
  readonly #parts: Parts;
  #ms: number;
  #due: { time: number; cancel: () => void } | undefined;

  constructor(parts: Parts, ms: number) {
    this.#parts = parts;
    this.#ms = ms;
  }

  /** Milliseconds; 0 keeps nothing but the hot buffer. */
  get ms(): number {
    return this.#ms;
  }

  /** A new one. What is older than it goes at once. */
  change(ms: number): void {
    // What expired under the old one is gone, whether anybody has looked or not.
    this.look();
    this.#ms = ms;
    void this.dropExpired();
  }

  /** Answers must be right to the millisecond, so readers look too and do not rely on the clock having called. */
  look(): void {
    if (this.#due !== undefined && this.#due.time <= this.#parts.clock.now()) void this.dropExpired();
  }

  /** Asks the clock to be called at `time`, unless it will call earlier. */
  dueAt(time: number | undefined): void {
    if (time === undefined || (this.#due !== undefined && this.#due.time <= time)) return;
    this.#due?.cancel();
    this.#due = { time, cancel: this.#parts.clock.at(time, () => this.dropExpired()) };
  }

  /** What has expired is gone for whoever looks from now on. Resolves when its memory is free as well. */
  dropExpired(): Promise<void> | undefined {
    const { clock, index, hot, gone, expireShown } = this.#parts;
    this.stop();
    const now = clock.now();
    const oldestKept = now - this.#ms;
    expireShown(oldestKept);
    gone.takeExpired(oldestKept, now);
    const next = index.behind('serverTime', oldestKept);
    this.dueAt(next && next.serverTime + this.#ms);
    this.dueAt(hot.until);
    return gone.sweep();
  }

  /** The clock has nothing more to call for. */
  stop(): void {
    this.#due?.cancel();
    this.#due = undefined;
  }
}
