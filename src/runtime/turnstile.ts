import { discarded } from './garbage.ts';

interface Waiting {
  readonly bytes: number;
  readonly go: () => void;
}

/**
 * Lets in so many bytes at a time, in the order in which they come: memory that is needed for a moment, where to be told
 * that there is none would be worse than to wait. What is more than all of it goes in alone.
 */
export class Turnstile {
  readonly #most: number;
  #inside = 0;
  readonly #waiting: Waiting[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** A promise where it has to wait. */
  enter(bytes: number): Promise<void> | undefined {
    if (this.#waiting.length === 0 && this.#fits(bytes)) {
      this.#inside += bytes;
      return undefined;
    }
    return new Promise((go) => void this.#waiting.push({ bytes, go }));
  }

  leave(bytes: number): void {
    this.#inside -= bytes;
    discarded(bytes);
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#inside += next.bytes;
      next.go();
    }
  }

  #fits(bytes: number): boolean {
    return this.#inside === 0 || this.#inside + bytes <= this.#most;
  }
}
