import BTreeModule from 'sorted-btree';
import { isIn, type Scope, scopeKey, type Where } from './scope.ts';

// The package is CommonJS: its class is a member of what the default import gives.
const BTree = BTreeModule.default;

interface Named {
  readonly record: { readonly name: string; readonly createdAt: number };
}

export interface PageRequest {
  /** Only names that begin so. */
  readonly prefix?: string | undefined;
  /** Only names after this one. */
  readonly after?: string | undefined;
  readonly limit: number;
}

class Area<T extends Named> {
  readonly scope: Scope;
  /** How often it has been cleared. */
  readonly era: number;
  readonly byName = new BTree<string, T>();
  /** Creation times that a name has had and may not have again, as long as the clock could show them again. */
  readonly spent = new Map<string, { first: number; last: number }>();

  constructor(scope: Scope, era: number) {
    this.scope = scope;
    this.era = era;
  }
}

/** The resources of one kind, by account and region, in order of their names. */
export class NamedResources<T extends Named> {
  #areas = new Map<string, Area<T>>();

  get(scope: Scope, name: string): T | undefined {
    return this.#areas.get(scopeKey(scope))?.byName.get(name);
  }

  /** The first of the other places where there is one of that name, if it is not too far to look. */
  elsewhere(scope: Scope, name: string): Scope | undefined {
    const here = scopeKey(scope);
    let left = MOST_PLACES;
    for (const [key, area] of this.#areas) {
      if (key !== here && area.byName.has(name)) return area.scope;
      if (--left === 0) return undefined;
    }
    return undefined;
  }

  /** Whether there was one of that name, as far as it is remembered. */
  had(scope: Scope, name: string): boolean {
    return this.#areas.get(scopeKey(scope))?.spent.has(name) === true;
  }

  count(scope: Scope): number {
    return this.#areas.get(scopeKey(scope))?.byName.size ?? 0;
  }

  /** When a resource made now was made: now, or later by what it takes to have an ARN that its name has not had. */
  creationTime(scope: Scope, name: string, now: number): number {
    const spent = this.#areas.get(scopeKey(scope))?.spent.get(name);
    return spent !== undefined && now >= spent.first && now <= spent.last ? spent.last + 1 : now;
  }

  /** Tells what is made now from what had the same name and time before a part was cleared: ids are not given twice. */
  era(scope: Scope): string {
    return String(this.#areas.get(scopeKey(scope))?.era ?? 0);
  }

  add(scope: Scope, resource: T): void {
    const key = scopeKey(scope);
    let area = this.#areas.get(key);
    if (area === undefined) {
      area = new Area(scope, 0);
      this.#areas.set(key, area);
    }
    area.byName.set(resource.record.name, resource);
  }

  remove(scope: Scope, { record: { name, createdAt } }: T, now: number): void {
    const area = this.#areas.get(scopeKey(scope));
    if (!area?.byName.delete(name)) return;
    const { spent } = area;
    const before = spent.get(name);
    if (before !== undefined && createdAt === before.last + 1) before.last = createdAt;
    else spent.set(name, { first: createdAt, last: createdAt });
    if (spent.size >= FORGET_AT) forget(spent, now);
  }

  /** The next resources in order of names, and whether there are more. */
  page(scope: Scope, { prefix = '', after, limit }: PageRequest): { items: T[]; more: boolean } {
    const items: T[] = [];
    const byName = this.#areas.get(scopeKey(scope))?.byName;
    if (byName === undefined) return { items, more: false };
    const from = after !== undefined && after > prefix ? after : prefix;
    for (const [name, resource] of byName.entries(from)) {
      if (name === after) continue;
      if (!name.startsWith(prefix)) break;
      if (items.length === limit) return { items, more: true };
      items.push(resource);
    }
    return { items, more: false };
  }

  /** Everything there is, or what there is of an account, of a region, or of an account in a region. */
  *all(which?: Where): Generator<T> {
    for (const [, area] of this.#matching(which)) yield* area.byName.values();
  }

  /** Forgets everything, or what there is of an account, of a region, or of both: ids go on behind the latter. */
  clear(which: Where = {}): void {
    if (which.account === undefined && which.region === undefined) this.#areas.clear();
    for (const [key, { scope, era }] of this.#matching(which)) this.#areas.set(key, new Area(scope, era + 1));
  }

  #matching(which: Where = {}): [string, Area<T>][] {
    const { account, region } = which;
    if (account !== undefined && region !== undefined) {
      const key = scopeKey({ account, region });
      const area = this.#areas.get(key);
      return area === undefined ? [] : [[key, area]];
    }
    return [...this.#areas].filter(([, { scope }]) => isIn(which, scope));
  }
}

const MOST_PLACES = 1000;
const FORGET_AT = 1000;

function forget(spent: Map<string, { last: number }>, now: number): void {
  for (const [name, { last }] of spent) {
    if (last < now) spent.delete(name);
  }
}
