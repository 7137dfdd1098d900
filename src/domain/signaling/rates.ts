import { Bucket } from '../limits/bucket.ts';
import type { Throttled } from '../limits/throttle.ts';
import type { Action } from './message.ts';

/** So many at once, and as many again each second. */
export class MessageRates {
  readonly #buckets = new Map<Action, Bucket>();

  /** Why a message is too much, if it is. */
  take(action: Action, limit: number, now: number): Throttled | undefined {
    if (limit === Number.POSITIVE_INFINITY) return undefined;
    let bucket = this.#buckets.get(action);
    if (bucket === undefined) {
      bucket = new Bucket(limit, now);
      this.#buckets.set(action, bucket);
    }
    bucket.bound(limit, now);
    if (bucket.has(1, now)) {
      bucket.take(1, now);
      return undefined;
    }
    bucket.refused += 1;
    const [level, passesAt] = [bucket.level(now), bucket.passesAt(1, now)];
    return { limit: `${action}.rate`, cost: 1, level, passesAt };
  }
}
