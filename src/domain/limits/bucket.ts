/** How a bucket lets something through: once there is enough for all of it, or once there is anything at all. */
export type Manner = 'whole' | 'debt';

/** Levels are kept in thousandths: a whole number for each millisecond at a whole rate, so nothing is lost by rounding. */
const PARTS = 1000;
/** What rounding may make of a rate that is no whole number, in those. */
const ROUNDING = 1e-6;

/** So much at once: what comes in a second, and one at least where anything comes. */
const roomOf = (limit: number): number => (limit === 0 ? 0 : Math.max(1, limit) * PARTS);

export interface SavedBucket {
  readonly limit: number;
  readonly level: number;
  readonly at: number;
  readonly admitted: number;
  readonly refused: number;
}

/**
 * A token bucket on the emulator's clock: full at first, it gets so much back each second. What is not let through costs
 * nothing; what is taken after the fact may leave less than nothing.
 */
export class Bucket {
  #limit: number;
  #level: number;
  #at: number;
  /** How much it has let through, and how often it has not. */
  admitted = 0;
  refused = 0;

  constructor(limit: number, now: number) {
    this.#limit = limit;
    this.#level = roomOf(limit);
    this.#at = now;
  }

  /** One that goes on from what `save` said. */
  static load({ limit, level, at, admitted, refused }: SavedBucket): Bucket {
    const bucket = new Bucket(limit, at);
    bucket.#level = level;
    Object.assign(bucket, { admitted, refused });
    return bucket;
  }

  save(): SavedBucket {
    const { admitted, refused } = this;
    return { limit: this.#limit, level: this.#level, at: this.#at, admitted, refused };
  }

  /** From now on it is another limit. */
  bound(limit: number, now: number): this {
    if (limit !== this.#limit) {
      this.#level = Math.min(this.#parts(now), roomOf(limit));
      this.#at = now;
      this.#limit = limit;
    }
    return this;
  }

  get limit(): number {
    return this.#limit;
  }

  /** What is there; debt below nothing. */
  level(now: number): number {
    return this.#parts(now) / PARTS;
  }

  /** As good as new. */
  full(now: number): boolean {
    return this.#parts(now) >= roomOf(this.#limit);
  }

  has(cost: number, now: number, manner: Manner = 'whole'): boolean {
    if (this.#limit === 0) return false;
    const level = this.#parts(now);
    return manner === 'debt' ? level > ROUNDING : level >= this.#enough(cost) - ROUNDING;
  }

  /** Takes it, there or not. */
  take(cost: number, now: number): void {
    this.#level = this.#parts(now) - cost * PARTS;
    this.#at = now;
    this.admitted += cost;
  }

  /** What was taken was not needed. */
  giveBack(cost: number): void {
    this.#level += cost * PARTS;
    this.admitted -= cost;
  }

  /** When the same would be let through if nobody else came; undefined if it never would. */
  passesAt(cost: number, now: number, manner: Manner = 'whole'): number | undefined {
    if (this.#limit === 0) return undefined;
    const missing = (manner === 'debt' ? 2 * ROUNDING : this.#enough(cost)) - this.#parts(now);
    const at = now + Math.max(0, Math.ceil((missing - ROUNDING) / this.#limit));
    // Once at most, for what rounding took.
    return this.has(cost, at, manner) ? at : at + 1;
  }

  #parts(now: number): number {
    // On a clock that was set back it goes on from there.
    if (now < this.#at) this.#at = now;
    return Math.min(roomOf(this.#limit), this.#level + (now - this.#at) * this.#limit);
  }

  /** What costs more than there ever is goes when all is there. */
  #enough(cost: number): number {
    return Math.min(cost * PARTS, roomOf(this.#limit));
  }
}
