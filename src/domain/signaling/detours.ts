import type { Clock } from '../../runtime/clock.ts';
import type { Letter } from './mailboxes.ts';

/** What is done to a message on purpose, so that a test can see how clients bear it. */
export interface Fate {
  /** Its sender is told this, as if the service had refused it. */
  readonly refuse?: { readonly errorType: string; readonly status: number } | undefined;
  readonly drop?: boolean | undefined;
  readonly duplicate?: boolean | undefined;
  /** On the emulator's clock. */
  readonly delayMs?: number | undefined;
  /** So many later ones for the same recipient go before it. */
  readonly reorder?: number | undefined;
  /** To be told the id that the message has in the journal. Gives back the ids of the rules that have met it. */
  readonly met?: ((requestId: string) => readonly string[]) | undefined;
}

/** More than so many of a channel do not wait at a time: what comes goes straight on. */
const MOST = 100;

interface Waiting {
  readonly to: string | undefined;
  /** Messages that are still to go before it; undefined if only time counts. */
  left: number | undefined;
  readonly go: () => void;
  readonly cancel: () => void;
}

/** Messages that are held up on purpose. */
export class Detours {
  readonly #clock: Clock;
  readonly #waiting = new Set<Waiting>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get empty(): boolean {
    return this.#waiting.size === 0;
  }

  /** Holds a message up if its fate says so, `longestMs` at most; false if it is to go at once. */
  holdUp({ to }: Letter, { delayMs, reorder }: Fate, longestMs: number, go: () => void): boolean {
    if ((delayMs === undefined && reorder === undefined) || this.#waiting.size >= MOST) return false;
    const due = this.#clock.now() + (delayMs ?? longestMs);
    const one: Waiting = { to, left: reorder, go, cancel: this.#clock.at(due, () => this.#release(one)) };
    this.#waiting.add(one);
    return true;
  }

  /** Another message has gone to that recipient. */
  passed(to: string | undefined): void {
    for (const one of [...this.#waiting]) {
      if (one.to !== to || one.left === undefined) continue;
      one.left -= 1;
      if (one.left <= 0) this.#release(one);
    }
  }

  clear(): void {
    for (const { cancel } of this.#waiting) cancel();
    this.#waiting.clear();
  }

  #release(one: Waiting): void {
    if (!this.#waiting.delete(one)) return;
    one.cancel();
    one.go();
  }
}
