import type { Action } from './message.ts';

/** A message that went by. What was in it is not kept. */
export interface Seen {
  readonly time: number;
  readonly type: Action;
  /** Undefined for the master. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly outcome: string;
}

const MOST = 50;

/** The last messages of a channel. */
export class Sightings {
  readonly #seen: Seen[] = [];

  add(seen: Seen): void {
    this.#seen.push(seen);
    if (this.#seen.length > MOST) this.#seen.shift();
  }

  list(): readonly Seen[] {
    return [...this.#seen];
  }
}
