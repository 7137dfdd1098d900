import BTreeModule from 'sorted-btree';
import { serviceError } from '../../protocol/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import { type Limits, PUBLISHED } from '../limits/limits.ts';
import type { RecordStore, RecordTable } from '../ports.ts';
import { deleting, NO_DELAYS, passing, requireActive, requireVersion, type Transitions } from './lifecycle.ts';
import { PageTokens } from './pageTokens.ts';
import { PastNames } from './pastNames.ts';
import type { ResourceRecord } from './record.ts';
import { KINDS, resolveName } from './resolveName.ts';
import { type Home, type Resource, versionIds } from './resource.ts';
import { ResourceIndex } from './resourceIndex.ts';
import { makeArn, type ResourceKind, type Scope, scopeKey, type Where } from './scope.ts';
import { withoutTags, withTags } from './tags.ts';

const BTree = BTreeModule.default;

export interface ResourcesServices {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly records: RecordStore;
  readonly transitions?: Transitions;
  /** Those that are published by default. */
  readonly limits?: Limits;
}

/** What a kind of resources adds to what they all are. */
interface Kind<Own, T> {
  readonly kind: ResourceKind;
  readonly table: RecordTable<ResourceRecord & Own>;
  readonly make: (record: ResourceRecord & Own, home: Home<Own>) => T;
  /** What the ARN of the first one of a name ends in, if that is not when it was made. */
  readonly number?: ((scope: Scope, name: string, era: number) => number) | undefined;
}

interface NewResource<Own> {
  readonly name: string;
  readonly tags: ReadonlyMap<string, string> | undefined;
  readonly own: Own;
}

export interface PageWanted {
  readonly prefix?: string | undefined;
  readonly token?: string | undefined;
  readonly limit: number;
}

/**
 * All resources of one kind, apart per account and region: their life, versions, lists and tags, and what is kept of them.
 * Made from a store that holds some already they go on as if nothing had been in between but time.
 */
export class Resources<Own, T extends Resource<Own>> {
  protected readonly transitions: Transitions;
  protected readonly tokens: PageTokens;
  protected readonly limits: Limits;
  readonly #services: ResourcesServices;
  readonly #kind: Kind<Own, T>;
  readonly #home: Home<Own>;
  readonly #index = new ResourceIndex<T>();
  #past: PastNames;

  constructor(services: ResourcesServices, kind: Kind<Own, T>) {
    const { clock, ids, records } = services;
    this.#services = services;
    this.#kind = kind;
    this.transitions = services.transitions ?? NO_DELAYS;
    this.limits = services.limits ?? PUBLISHED;
    this.tokens = new PageTokens(() => ids.lasting(`page tokens of ${kind.kind}s`));
    this.#past = new PastNames(kind.kind, records);
    this.#home = {
      kind: kind.kind,
      clock,
      ids,
      keep: (record) => kind.table.put(keyOf(record), record),
      goes: (resource) => this.#remove(resource as T),
    };
    this.#goOn();
  }

  /** Begins with what the store holds by now, as when it was made; nothing of before may be here. */
  protected resume(): void {
    this.#past = new PastNames(this.#kind.kind, this.#services.records);
    this.#goOn();
  }

  #goOn(): void {
    const { table, make } = this.#kind;
    for (const [, record] of table.entries()) {
      this.#past.know(record.scope);
      this.#index.add(make(record, this.#home));
    }
    this.#catchUp();
  }

  /** Makes one that is CREATING as long as that takes. */
  protected add(scope: Scope, { name, tags, own }: NewResource<Own>): T {
    const { clock, ids } = this.#services;
    const { kind, table, make } = this.#kind;
    const tagged = withTags([], tags ?? new Map(), this.limits.of('resource.tags', scope));
    const limit = this.limits.of(`account.${kind}s`, scope);
    if (this.#index.count(scope) >= limit) throw serviceError(KINDS[kind].limitExceeded, limit);
    if (this.#index.get(scope, name) !== undefined) throw serviceError(KINDS[kind].exists, name);
    const now = clock.now();
    const { createdAt, era, arn } = this.#next(scope, name);
    this.#past.know(scope);
    const record: ResourceRecord & Own = {
      scope: { account: scope.account, region: scope.region },
      name,
      arn,
      createdAt,
      era,
      version: versionIds(ids.of(arn, String(era))).version(),
      versions: 1,
      ...passing('CREATING', now, this.transitions.creating),
      tags: tagged,
      ...own,
    };
    table.put(keyOf(record), record);
    const resource = make(record, this.#home);
    this.#index.add(resource);
    resource.arm();
    return resource;
  }

  /** The ARN of the one of that name that would be made now. */
  upcoming(scope: Scope, name: string): string {
    return this.#next(scope, name).arn;
  }

  #next(scope: Scope, name: string): { readonly createdAt: number; readonly era: number; readonly arn: string } {
    const { kind, number } = this.#kind;
    const createdAt = this.#past.creationTime(scope, name, this.#services.clock.now());
    const era = this.#past.eraOf(scope);
    const first = this.#past.has(scope, name) ? undefined : number?.(scope, name, era);
    return { createdAt, era, arn: makeArn(scope, kind, name, first ?? createdAt) };
  }

  /** The one of that name or ARN, in whatever status. Throws if there is none or name and ARN disagree. */
  protected named(scope: Scope, name: string | undefined, arn: string | undefined): T {
    const { kind } = this.#kind;
    const resource = this.#index.get(scope, resolveName(kind, name, arn));
    if (resource === undefined) throw serviceError(KINDS[kind].notFound);
    if (arn !== undefined && resource.record.arn !== arn) throw serviceError(KINDS[kind].notFound);
    return resource;
  }

  /** A page in order of names, and the token of the next page if there is one. */
  protected page(
    operation: string,
    scope: Scope,
    { prefix, token, limit }: PageWanted,
  ): { items: T[]; nextToken: string | undefined } {
    const query = [operation, scope.account, scope.region, prefix];
    const { items, more } = this.#index.page(scope, { prefix, after: this.tokens.after(query, token), limit });
    return { items, nextToken: this.tokens.next(query, more ? items.at(-1)?.record.name : undefined) };
  }

  /** What there is of a name, here and elsewhere, and what there was: for whoever did not find it. */
  traces(scope: Scope, name: string): { here: T | undefined; elsewhere: Scope | undefined; deleted: boolean } {
    const all = this.#index;
    return { here: all.get(scope, name), elsewhere: all.elsewhere(scope, name), deleted: this.#past.has(scope, name) };
  }

  /** All, or those of an account, of a region, or of both: for the emulator's own inside views. */
  all(which?: Where): Generator<T> {
    return this.#index.all(which);
  }

  /** Adds tags or writes over those that are there. */
  tag(resource: T, tags: ReadonlyMap<string, string>): void {
    resource.change({ tags: withTags(resource.record.tags, tags, this.limits.of('resource.tags', resource)) });
  }

  untag(resource: T, keys: readonly string[]): void {
    resource.change({ tags: withoutTags(resource.record.tags, keys) });
  }

  /** Throws unless it is ACTIVE and, if a version is given, that is its version. */
  protected requireChangeable({ record }: T, currentVersion?: string): void {
    requireActive(this.#kind.kind, record);
    requireVersion(this.#kind.kind, record, currentVersion);
  }

  /**
   * A change that leaves it UPDATING as long as that takes. Changes that name a version replace it; the service takes the
   * others without one and leaves the version.
   */
  protected startUpdate(
    resource: T,
    currentVersion: string | undefined,
    change: (record: ResourceRecord & Own) => Partial<Own>,
  ): void {
    this.requireChangeable(resource, currentVersion);
    resource.change({
      ...change(resource.record),
      ...(currentVersion === undefined ? undefined : resource.nextVersion()),
      ...passing('UPDATING', this.#services.clock.now(), this.transitions.updating),
    });
  }

  /** Leaves it DELETING as long as that takes. */
  protected startDeletion(resource: T, last?: Partial<Own>): void {
    const ms = this.transitions.deleting;
    resource.change({ ...last, ...resource.nextVersion(), ...deleting(this.#services.clock.now(), ms) });
    if (ms <= 0) this.#remove(resource);
  }

  /** Forgets all, or those of an account, of a region, or of both, and returns them. */
  protected clear(which: Where): T[] {
    const gone = [...this.#index.all(which)];
    for (const resource of gone) {
      resource.leave();
      this.#kind.table.remove(keyOf(resource.record));
    }
    this.#index.clear(which);
    this.#past.clear(which);
    return gone;
  }

  #remove(resource: T): void {
    const { scope, name, createdAt } = resource.record;
    resource.leave();
    this.#index.remove(resource);
    this.#past.add(scope, name, createdAt, this.#services.clock.now());
    this.#kind.table.remove(keyOf(resource.record));
  }

  /** Ends what should have ended by now, in order of time, and has the clock end the rest. */
  #catchUp(): void {
    const now = this.#services.clock.now();
    const overdue = new BTree<readonly [at: number, order: number], T>(undefined, (a, b) => a[0] - b[0] || a[1] - b[1]);
    let order = 0;
    const look = (resource: T): void => {
      const at = resource.due()?.at;
      if (at !== undefined && at <= now) overdue.set([at, order++], resource);
      else resource.arm();
    };
    for (const resource of this.#index.all()) look(resource);
    for (let first = overdue.minKey(); first !== undefined; first = overdue.minKey()) {
      const resource = overdue.get(first) as T;
      overdue.delete(first);
      resource.end();
      look(resource);
    }
  }
}

const keyOf = ({ scope, name }: ResourceRecord): string => `${scopeKey(scope)}/${name}`;
