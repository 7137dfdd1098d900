import { createHash } from 'node:crypto';
import type { Limited } from './limits.ts';
import type { LimitName } from './limitTable.ts';
import type { Price, Throttle, Throttled } from './throttle.ts';

const HASH_BYTES = 6;

/** The shard of a fragment: each has as many of the values that a hash of the fragment's number may have. */
export function shardOf(number: string, shards: number): number {
  if (shards === 1) return 0;
  const hash = createHash('md5').update(number).digest().readUIntBE(0, HASH_BYTES);
  return Math.floor((hash / 2 ** (8 * HASH_BYTES)) * shards);
}

/** A stream's shards, as far as its limits know them: each has a bucket, or all have one that is so many times as wide. */
export class Shards {
  readonly #throttle: Throttle;
  readonly #stream: Limited;

  constructor(throttle: Throttle, stream: Limited) {
    this.#throttle = throttle;
    this.#stream = stream;
  }

  /** What something costs at the shard of a fragment. */
  price(name: LimitName, number: string, cost: number): Price {
    const { limit, shards, pooled } = this.#of(name);
    const owner = this.#stream;
    if (pooled || limit === Number.POSITIVE_INFINITY)
      return { owner, name, limit: limit * shards, cost, manner: 'debt' };
    return { owner, name, limit, cost, manner: 'debt', part: String(shardOf(number, shards)) };
  }

  /** What stands in the way of whoever does not know yet which shard it is about: all of them. */
  lack(name: LimitName): Throttled | undefined {
    const { limit, shards, pooled } = this.#of(name);
    if (limit === Number.POSITIVE_INFINITY) return undefined;
    const price = { owner: this.#stream, name, limit, cost: 1, manner: 'debt' } as const;
    if (pooled) return this.#throttle.look({ ...price, limit: limit * shards });
    let first: Throttled | undefined;
    for (let shard = 0; shard < shards; shard++) {
      const lacking = this.#throttle.look({ ...price, part: String(shard) });
      if (lacking === undefined) return undefined;
      if (first === undefined || (lacking.passesAt ?? 0) < (first.passesAt ?? 0)) first = lacking;
    }
    return first;
  }

  /** One read: those count against all shards together. */
  transaction(): Price {
    const { limit, shards } = this.#of('shard.readTransactions');
    return { owner: this.#stream, name: 'shard.readTransactions', limit: limit * shards, cost: 1 };
  }

  #of(name: LimitName): { limit: number; shards: number; pooled: boolean } {
    const { limits } = this.#throttle;
    const pooled = limits.of('shards.pooled', this.#stream) === 1;
    return { limit: limits.of(name, this.#stream), shards: limits.shards(this.#stream), pooled };
  }
}
