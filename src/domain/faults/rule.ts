import type { Random } from '../../runtime/random.ts';
import { type Glob, matchesGlob } from '../access/glob.ts';
import { wildcards } from '../access/wildcards.ts';
import { kindsOf } from './effectKinds.ts';
import type { EffectKind } from './scene.ts';
import type { FaultEffect, FaultMatch } from './spec.ts';

/** A rule as it is made. */
export interface FaultSpec {
  readonly id: string;
  readonly match: FaultMatch;
  readonly effect: FaultEffect;
  /** The set that it came with. */
  readonly set?: string | undefined;
  /** Names of the operations and messages that it can be about. */
  readonly operations: readonly string[];
  /** As it was given: what is told of it. */
  readonly given: object;
}

/** A call or a message that a rule may be about. */
export interface Subject {
  readonly operation: string;
  readonly resource: string | undefined;
  readonly names: 'stream' | 'channel';
  readonly account: string;
  readonly region: string;
}

/** How a rule has fared so far. */
export interface SavedRule {
  readonly spec: FaultSpec;
  readonly order: number;
  readonly fired: number;
  readonly lastFiredAt?: number | undefined;
  readonly lastRequests: readonly string[];
  readonly counted: number;
  readonly taken: number;
  readonly chance: string;
}

/** So many calls it remembers. */
const MOST_REMEMBERED = 10;
const WORDS = 2 ** 32;

/** A rule that makes something fail, and how often it has. */
export class FaultRule {
  readonly spec: FaultSpec;
  readonly kinds: readonly EffectKind[];
  /** Where it stands among the others. */
  readonly order: number;
  fired = 0;
  /** On the emulator's clock. */
  lastFiredAt: number | undefined;
  readonly lastRequests: string[] = [];
  readonly #random: Random;
  readonly #nth: ReadonlySet<number> | undefined;
  /** Of the stream's or channel's name. */
  readonly #pattern: Glob | undefined;
  readonly #names: Subject['names'];
  /** Calls that it was about so far, and those that it was let loose on. */
  #counted = 0;
  #taken = 0;

  constructor(spec: FaultSpec, order: number, random: Random) {
    this.spec = spec;
    this.order = order;
    this.kinds = kindsOf(spec.effect);
    this.#random = random;
    const { nth, stream, channel } = spec.match;
    const pattern = stream ?? channel;
    this.#pattern = pattern === undefined ? undefined : wildcards(pattern);
    this.#names = stream === undefined ? 'channel' : 'stream';
    this.#nth = nth === undefined ? undefined : new Set([nth].flat());
  }

  save(): SavedRule {
    const { spec, order, fired, lastFiredAt, lastRequests } = this;
    const [counted, taken, chance] = [this.#counted, this.#taken, this.#random.save()];
    return { spec, order, fired, lastFiredAt, lastRequests: [...lastRequests], counted, taken, chance };
  }

  load({ fired, lastFiredAt, lastRequests, counted, taken, chance }: SavedRule): void {
    this.fired = fired;
    this.lastFiredAt = lastFiredAt;
    for (const requestId of lastRequests.slice(-MOST_REMEMBERED)) this.lastRequests.push(requestId);
    [this.#counted, this.#taken] = [counted, taken];
    this.#random.load(chance);
  }

  /** From 0 to 1. */
  readonly chance = (): number => this.#random.uint32() / WORDS;

  /** Whether it may be about a stream or channel of that name. */
  isAbout(names: Subject['names'], resource: string | undefined): boolean {
    const pattern = this.#pattern;
    if (pattern === undefined) return true;
    return resource !== undefined && names === this.#names && matchesGlob(pattern, resource);
  }

  /** Counts a call about such a stream or channel if the rule means it; true if its turn has come. */
  takes({ account, region }: Subject, now: number): boolean {
    const { match } = this.spec;
    if (match.account !== undefined && match.account !== account) return false;
    if (match.region !== undefined && match.region !== region) return false;
    if ((match.from !== undefined && now < match.from) || (match.until !== undefined && now >= match.until))
      return false;
    this.#counted += 1;
    if (this.#nth?.has(this.#counted) === false) return false;
    if (match.times !== undefined && this.#taken >= match.times) return false;
    if (match.probability !== undefined && this.chance() >= match.probability) return false;
    this.#taken += 1;
    return true;
  }

  note(requestId: string, now: number): void {
    this.fired += 1;
    this.lastFiredAt = now;
    this.lastRequests.push(requestId);
    if (this.lastRequests.length > MOST_REMEMBERED) this.lastRequests.shift();
  }
}
