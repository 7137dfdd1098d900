import type { Clock } from '../../runtime/clock.ts';
import { LATEST, toIso } from '../../runtime/time.ts';
import { isEverywhere, isIn, type Scope, scopeKey, type Where } from '../resources/scope.ts';
import { Bucket, type Manner, type SavedBucket } from './bucket.ts';
import type { Limits } from './limits.ts';
import type { LimitName } from './limitTable.ts';

/** Why something is not let through, or not yet. */
export interface Throttled {
  readonly limit: LimitName;
  readonly cost: number;
  /** What was left. */
  readonly level: number;
  /** When the same would pass; undefined if nobody knows, or it never would. */
  readonly passesAt: number | undefined;
}

/** The same as it is told to people. */
export const toldThrottled = ({ limit, cost, level, passesAt }: Throttled) => ({
  ...{ limit, cost, level: Math.round(level * 1000) / 1000 },
  passesAt: passesAt === undefined ? null : toIso(Math.min(passesAt, LATEST)),
});

/** What something costs of one limit. */
export interface Price {
  /** Whose bucket it is: a stream, a channel, an account in a region, a session, a connection. */
  readonly owner: object;
  readonly name: LimitName;
  /** Infinity if there is none. */
  readonly limit: number;
  readonly cost: number;
  readonly manner?: Manner;
  /** Which of several buckets of the limit. */
  readonly part?: string | undefined;
}

/** What was taken of a bucket. */
export interface Paid {
  readonly bucket: Bucket;
  readonly cost: number;
}

/** The buckets of an account in a region, or of a stream or channel by its ARN; those of connections and sessions end. */
interface SavedBuckets {
  readonly of: string | Scope;
  readonly buckets: readonly (readonly [name: string, bucket: SavedBucket])[];
}

/** A connection of a stream. */
export interface Watched {
  readonly stream: object;
}

const NONE = Number.POSITIVE_INFINITY;
/** When there are so many more owners of buckets, those are looked for that need none. */
const LOOK_EVERY = 1000;

/**
 * The buckets of all limits, each made when it is first asked. They are held by what they belong to, and go with it; those
 * that are full are as good as none, and are forgotten when there are many.
 */
export class Throttle {
  readonly limits: Limits;
  readonly clock: Clock;
  #buckets = new WeakMap<object, Map<string, Bucket>>();
  readonly #accounts = new Map<string, Scope>();
  /** What else may have buckets. */
  #others: () => Iterable<object> = () => [];
  readonly #watched = new Set<Watched>();
  #owners = 0;
  #lookAt = LOOK_EVERY;

  constructor({ limits, clock }: { readonly limits: Limits; readonly clock: Clock }) {
    this.limits = limits;
    this.clock = clock;
  }

  /** Whether there is anything to ask at all. */
  get on(): boolean {
    return this.limits.throttles;
  }

  /** @param others all streams, channels and sessions */
  knows(others: () => Iterable<object>): void {
    this.#others = others;
  }

  /** An account in a region, which has buckets of its own. */
  account(scope: Scope): Scope {
    const key = scopeKey(scope);
    let owner = this.#accounts.get(key);
    if (owner === undefined) {
      owner = { account: scope.account, region: scope.region };
      this.#accounts.set(key, owner);
    }
    return owner;
  }

  *accounts(which: Where = {}): Generator<Scope> {
    for (const owner of this.#accounts.values()) if (isIn(which, owner)) yield owner;
  }

  /** Takes all of it and notes what that was, or nothing and says why. */
  pay(prices: readonly Price[], paid?: Paid[]): Throttled | undefined {
    const now = this.clock.now();
    for (const price of prices) {
      const bucket = price.limit === NONE ? undefined : this.#bucket(price, now);
      if (bucket === undefined || bucket.has(price.cost, now, price.manner)) continue;
      bucket.refused += 1;
      return throttledBy(bucket, price, now);
    }
    for (const price of prices) {
      if (price.limit === NONE) continue;
      const bucket = this.#bucket(price, now);
      bucket.take(price.cost, now);
      paid?.push({ bucket, cost: price.cost });
    }
    return undefined;
  }

  /** What stands in the way of one of them, if anything does. Nothing is taken. */
  look(price: Price): Throttled | undefined {
    const now = this.clock.now();
    // Where there is no bucket yet it would be full.
    const bucket = price.limit > 0 && this.#peek(price) === undefined ? undefined : this.#bucket(price, now);
    if (bucket === undefined || bucket.has(price.cost, now, price.manner)) return undefined;
    return throttledBy(bucket, price, now);
  }

  /** How much is there. */
  level(price: Price): number {
    return this.#peek(price)?.level(this.clock.now()) ?? price.limit;
  }

  /** Takes what has been used already. */
  charge(price: Price): void {
    if (price.limit === NONE) return;
    const now = this.clock.now();
    this.#bucket(price, now).take(price.cost, now);
  }

  /** A connection that has buckets of its own, and of which stream; until it is called off. */
  watch(reading: Watched): () => void {
    this.#watched.add(reading);
    return () => void this.#watched.delete(reading);
  }

  watched(): Iterable<Watched> {
    return this.#watched;
  }

  /** The buckets that something has, each with its limit and which of several it is. */
  *of(
    owner: object,
  ): Generator<{ readonly name: LimitName; readonly part: string | undefined; readonly bucket: Bucket }> {
    for (const [key, bucket] of this.#buckets.get(owner) ?? []) {
      const [name, part] = key.split(' ') as [LimitName, string | undefined];
      yield { name, part, bucket };
    }
  }

  /** Forgets the buckets of accounts, or all there are. Those of streams go with them. */
  reset(which: Where): void {
    for (const [key, owner] of this.#accounts) if (isIn(which, owner)) this.#accounts.delete(key);
    if (isEverywhere(which)) this.#buckets = new WeakMap();
  }

  save(): SavedBuckets[] {
    const saved: SavedBuckets[] = [];
    const add = (owner: object, of: SavedBuckets['of']): void => {
      const own = this.#buckets.get(owner);
      if (own === undefined) return;
      saved.push({ of, buckets: [...own].map(([name, bucket]) => [name, bucket.save()]) });
    };
    for (const owner of this.#accounts.values()) add(owner, owner);
    for (const owner of this.#others()) if (hasArn(owner)) add(owner, owner.record.arn);
    const nameOf = ({ of }: SavedBuckets): string => (typeof of === 'string' ? of : scopeKey(of));
    return saved.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  }

  load(saved: readonly SavedBuckets[]): void {
    if (saved.length === 0) return;
    const owners = new Map<string, object>();
    for (const owner of this.#others()) if (hasArn(owner)) owners.set(owner.record.arn, owner);
    for (const { of, buckets } of saved) {
      const owner = typeof of === 'string' ? owners.get(of) : this.account(of);
      if (owner === undefined) continue;
      this.#owners += 1;
      this.#buckets.set(owner, new Map(buckets.map(([name, bucket]) => [name, Bucket.load(bucket)])));
    }
  }

  #peek({ owner, name, part }: Price): Bucket | undefined {
    return this.#buckets.get(owner)?.get(part === undefined ? name : `${name} ${part}`);
  }

  #bucket({ owner, name, part, limit }: Price, now: number): Bucket {
    const key = part === undefined ? name : `${name} ${part}`;
    let own = this.#buckets.get(owner);
    if (own === undefined) {
      this.#owners += 1;
      if (this.#owners > this.#lookAt) this.#forgetIdle(now);
      own = new Map();
      this.#buckets.set(owner, own);
    }
    let bucket = own.get(key);
    if (bucket === undefined) {
      bucket = new Bucket(limit, now);
      own.set(key, bucket);
    }
    return bucket.bound(limit, now);
  }

  #forgetIdle(now: number): void {
    this.#owners = 1;
    const isIdle = (owner: object): boolean => {
      const own = this.#buckets.get(owner);
      if (own === undefined) return true;
      for (const bucket of own.values()) {
        if (bucket.full(now)) continue;
        this.#owners += 1;
        return false;
      }
      return this.#buckets.delete(owner);
    };
    for (const [key, owner] of this.#accounts) if (isIdle(owner)) this.#accounts.delete(key);
    for (const owner of this.#others()) isIdle(owner);
    this.#lookAt = this.#owners + Math.max(LOOK_EVERY, this.#owners);
  }
}

const hasArn = (owner: object): owner is { readonly record: { readonly arn: string } } => 'record' in owner;

const throttledBy = (bucket: Bucket, { name: limit, cost, manner }: Price, now: number): Throttled => ({
  ...{ limit, cost, level: bucket.level(now) },
  passesAt: bucket.passesAt(cost, now, manner),
});
