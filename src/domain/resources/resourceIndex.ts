import BTreeModule from 'sorted-btree';
import { isIn, type Scope, scopeKey, type Where } from './scope.ts';

// The package is CommonJS: its class is a member of what the default import gives.
const BTree = BTreeModule.default;

interface Named {
  readonly record: { readonly scope: Scope; readonly name: string };
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
  readonly byName = new BTree<string, T>();

  constructor(scope: Scope) {
    this.scope = scope;
  }
}

/** The resources of one kind, by account and region, in order of their names. */
export class ResourceIndex<T extends Named> {
  readonly #areas = new Map<string, Area<T>>();

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

  count(scope: Scope): number {
    return this.#areas.get(scopeKey(scope))?.byName.size ?? 0;
  }

  add(resource: T): void {
    const { scope, name } = resource.record;
    const key = scopeKey(scope);
    let area = this.#areas.get(key);
    if (area === undefined) {
      area = new Area(scope);
      this.#areas.set(key, area);
    }
    area.byName.set(name, resource);
  }

  remove({ record: { scope, name } }: T): void {
    this.#areas.get(scopeKey(scope))?.byName.delete(name);
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
  *all(which: Where = {}): Generator<T> {
    for (const [, area] of this.#matching(which)) yield* area.byName.values();
  }

  /** Forgets that. */
  clear(which: Where): void {
    for (const [key] of this.#matching(which)) this.#areas.delete(key);
  }

  #matching(which: Where): [string, Area<T>][] {
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
