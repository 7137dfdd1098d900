import { isEverywhere, isIn, type Scope, type Where } from '../resources/scope.ts';
import type { Tags } from '../resources/tags.ts';
import { inProfile, type LimitName, limitTable, type Profile } from './limitTable.ts';
import { quotaTable } from './quotaTable.ts';
import { shardsOfTags } from './shardTag.ts';

/** A stream or channel, as far as its limits need it. */
export interface Limited {
  readonly record: { readonly arn: string; readonly scope: Scope; readonly name: string; readonly tags: Tags };
}
/** Whose a number is: of a stream or channel, or of an account in a region. They may differ from one to the other. */
type Whose = Limited | Scope;

export type Numbers = Partial<Readonly<Record<LimitName, number>>>;
/** What becomes of a producer that sends more than is taken: it is held back, or its session ends with an ERROR. */
export type Mode = 'pace' | 'reject';

/** What holds for all. */
export interface Chosen {
  readonly profile: Profile;
  readonly mode: Mode;
  readonly overrides: Numbers;
}

/** What is said of one stream, there or not. */
export interface StreamLimits {
  readonly shards?: number | undefined;
  readonly mode?: Mode | undefined;
  readonly overrides: Numbers;
}

interface Said {
  readonly scope: Scope;
  readonly name: string;
  readonly said: StreamLimits;
}

/** Everything that was said at a time. */
export interface Saved {
  readonly chosen: Chosen;
  readonly accounts: ReadonlyMap<string, Numbers>;
  readonly streams: ReadonlyMap<string, Said>;
}

const NOTHING_CHOSEN: Chosen = { profile: 'off', mode: 'pace', overrides: {} };

const NAMES = Object.keys(limitTable) as LimitName[];
const isStream = ({ arn }: Limited['record']): boolean => arn.includes(':stream/');
const keyOf = ({ account, region }: Scope, name: string): string => `${account}/${region}/${name}`;
const throttles = (numbers: Numbers): boolean => Object.keys(numbers).some((name) => Object.hasOwn(quotaTable, name));

/**
 * The limits that hold. Whoever needs one asks for it by name, and says for whom, each time it is needed: they may change
 * at any time. What is said of a stream goes before what is said of its account, that before what is said for all, and
 * that before what the emulator was started with and the profile.
 */
export class Limits {
  readonly #own: Numbers;
  #start: Saved | undefined;
  #chosen = NOTHING_CHOSEN;
  #values: ReadonlyMap<LimitName, number>;
  readonly #accounts = new Map<string, Numbers>();
  readonly #streams = new Map<string, Said>();
  /** How many accounts and streams have numbers of their own by which something may be too much. */
  #throttling = 0;
  readonly #listeners = new Set<() => void>();

  /** @param own what is not as in the table */
  constructor(own: Numbers = {}) {
    this.#own = own;
    this.#values = this.#compute();
  }

  /** Infinity if there is none. */
  of(name: LimitName, whose?: Whose): number {
    if (whose !== undefined && (this.#streams.size > 0 || this.#accounts.size > 0)) {
      const special = this.#special(whose)?.find((numbers) => numbers[name] !== undefined);
      if (special !== undefined) return special[name] as number;
    }
    return this.#values.get(name) as number;
  }

  /** Whether anything may be too much: rates, connections, bandwidth or points. */
  get throttles(): boolean {
    const { profile, overrides } = this.#chosen;
    return profile !== 'off' || this.#throttling > 0 || throttles(overrides);
  }

  get chosen(): Chosen {
    return this.#chosen;
  }

  choose(chosen: Chosen): void {
    this.#chosen = chosen;
    this.#values = this.#compute();
    this.#tell();
  }

  account(account: string): Numbers {
    return this.#accounts.get(account) ?? {};
  }

  chooseFor(account: string, overrides: Numbers): void {
    this.#count(this.#accounts.get(account), -1);
    this.#count(overrides, 1);
    if (Object.keys(overrides).length === 0) this.#accounts.delete(account);
    else this.#accounts.set(account, overrides);
    this.#tell();
  }

  /** What is said of a stream; undefined if nothing is. */
  said(scope: Scope, name: string): StreamLimits | undefined {
    return this.#streams.get(keyOf(scope, name))?.said;
  }

  /** Says it of a stream, or nothing any more. */
  say(scope: Scope, name: string, said: StreamLimits | undefined): void {
    const key = keyOf(scope, name);
    this.#count(this.#streams.get(key)?.said.overrides, -1);
    this.#count(said?.overrides, 1);
    if (said === undefined) this.#streams.delete(key);
    else this.#streams.set(key, { scope, name, said });
    this.#tell();
  }

  /** The streams of which anything is said. */
  *allSaid(which: Where = {}): Generator<Said> {
    for (const one of this.#streams.values()) if (isIn(which, one.scope)) yield one;
  }

  /** How many shards a stream has: as is said of it, or else by its tag. */
  shards({ record: { scope, name, tags } }: Limited): number {
    return this.said(scope, name)?.shards ?? shardsOfTags(tags) ?? 1;
  }

  mode({ record: { scope, name } }: Limited): Mode {
    return this.said(scope, name)?.mode ?? this.#chosen.mode;
  }

  /** All that is said and chosen. */
  saved(): Saved {
    return { chosen: this.#chosen, accounts: new Map(this.#accounts), streams: new Map(this.#streams) };
  }

  restore({ chosen, accounts, streams }: Saved): void {
    this.#chosen = chosen;
    refill(this.#accounts, accounts);
    refill(this.#streams, streams);
    this.#changed();
  }

  save(): Saved {
    return this.saved();
  }

  load(saved: Saved): void {
    this.restore(saved);
  }

  /** From now on a reset leads back to what there is now. */
  begin(): void {
    this.#start = this.saved();
  }

  reset(which: Where): void {
    for (const [key, { scope }] of this.#streams) if (isIn(which, scope)) this.#streams.delete(key);
    for (const [key, one] of this.#start?.streams ?? []) if (isIn(which, one.scope)) this.#streams.set(key, one);
    // What is said of an account holds in all of its regions.
    if (which.region === undefined) {
      for (const account of this.#accounts.keys()) {
        if (account === (which.account ?? account)) this.#accounts.delete(account);
      }
      for (const [account, numbers] of this.#start?.accounts ?? []) {
        if (account === (which.account ?? account)) this.#accounts.set(account, numbers);
      }
    }
    if (isEverywhere(which)) this.#chosen = this.#start?.chosen ?? NOTHING_CHOSEN;
    this.#changed();
  }

  /** Tells each time that anything has changed. Returns how to call that off. */
  onChange(tell: () => void): () => void {
    this.#listeners.add(tell);
    return () => void this.#listeners.delete(tell);
  }

  #special(whose: Whose): readonly Numbers[] | undefined {
    if (!('record' in whose)) {
      const numbers = this.#accounts.get(whose.account);
      return numbers && [numbers];
    }
    const { record } = whose;
    const said = isStream(record) ? this.said(record.scope, record.name)?.overrides : undefined;
    return [said ?? {}, this.#accounts.get(record.scope.account) ?? {}];
  }

  #count(overrides: Numbers | undefined, by: 1 | -1): void {
    if (overrides !== undefined && throttles(overrides)) this.#throttling += by;
  }

  /** Everything may have changed. */
  #changed(): void {
    this.#values = this.#compute();
    this.#throttling = 0;
    for (const overrides of this.#accounts.values()) this.#count(overrides, 1);
    for (const { said } of this.#streams.values()) this.#count(said.overrides, 1);
    this.#tell();
  }

  #tell(): void {
    for (const tell of [...this.#listeners]) tell();
  }

  #compute(): ReadonlyMap<LimitName, number> {
    const { profile, overrides } = this.#chosen;
    return new Map(
      NAMES.map((name) => [name, overrides[name] ?? this.#own[name] ?? inProfile(limitTable[name], profile)]),
    );
  }
}

function refill<T>(one: Map<string, T>, other: ReadonlyMap<string, T>): void {
  one.clear();
  for (const [key, value] of other) one.set(key, value);
}

/** The limits of one stream. */
export type LimitOf = (name: LimitName) => number;

/** As published, where nobody says otherwise. */
export const PUBLISHED = new Limits();
