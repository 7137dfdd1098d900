import type { RecordStore } from '../ports.ts';
import type { PastName } from './record.ts';
import { isEverywhere, isIn, type ResourceKind, type Scope, scopeKey, type Where } from './scope.ts';

interface Place {
  readonly scope: Scope;
  era: number;
  readonly names: Map<string, PastName>;
  /** So many names are a reason to forget those that the clock cannot get into trouble any more. */
  forgetAt: number;
}

const FORGET_AT = 1000;

/** What is remembered of the resources of one kind that are no more, so that what is made now is another. */
export class PastNames {
  readonly #kind: ResourceKind;
  readonly #store: Pick<RecordStore, 'names' | 'eras'>;
  readonly #places = new Map<string, Place>();

  constructor(kind: ResourceKind, store: Pick<RecordStore, 'names' | 'eras'>) {
    this.#kind = kind;
    this.#store = store;
    for (const [, { kind: of, scope, era }] of store.eras.entries()) if (of === kind) this.#at(scope).era = era;
    for (const [, past] of store.names.entries()) {
      if (past.kind === kind) this.#at(past.scope).names.set(past.name, past);
    }
  }

  /** Whether there was one of that name, as far as it is remembered. */
  has(scope: Scope, name: string): boolean {
    return this.#places.get(scopeKey(scope))?.names.has(name) === true;
  }

  /** When a resource made now was made: now, or later by what it takes to have an ARN that its name has not had. */
  creationTime(scope: Scope, name: string, now: number): number {
    const past = this.#places.get(scopeKey(scope))?.names.get(name);
    return past !== undefined && now >= past.first && now <= past.last ? past.last + 1 : now;
  }

  /** There are resources there, or there will be. */
  know(scope: Scope): void {
    this.#at(scope);
  }

  /** Tells what is made now from what had the same name and time before that place was cleared. */
  eraOf(scope: Scope): number {
    return this.#places.get(scopeKey(scope))?.era ?? 0;
  }

  /** One of that name and time is no more. */
  add(scope: Scope, name: string, createdAt: number, now: number): void {
    const place = this.#at(scope);
    const before = place.names.get(name);
    const follows = before !== undefined && createdAt >= before.first && createdAt <= before.last + 1;
    const [first, last] = follows ? [before.first, Math.max(before.last, createdAt)] : [createdAt, createdAt];
    const past: PastName = { kind: this.#kind, scope: place.scope, name, first, last };
    place.names.set(name, past);
    this.#store.names.put(this.#key(scope, name), past);
    if (place.names.size >= place.forgetAt) this.#forget(place, now);
  }

  /** Forgets everything, or what there is of an account, of a region, or of both: ids go on behind the latter. */
  clear(which: Where): void {
    for (const [key, place] of this.#places) {
      const { scope, names } = place;
      if (!isIn(which, scope)) continue;
      for (const name of names.keys()) this.#store.names.remove(this.#key(scope, name));
      names.clear();
      if (isEverywhere(which)) {
        this.#places.delete(key);
        this.#store.eras.remove(this.#key(scope));
      } else {
        place.era += 1;
        this.#store.eras.put(this.#key(scope), { kind: this.#kind, scope, era: place.era });
      }
    }
  }

  #at({ account, region }: Scope): Place {
    const key = scopeKey({ account, region });
    let place = this.#places.get(key);
    if (place === undefined) {
      place = { scope: { account, region }, era: 0, names: new Map(), forgetAt: FORGET_AT };
      this.#places.set(key, place);
    }
    return place;
  }

  #forget(place: Place, now: number): void {
    for (const [name, { last }] of place.names) {
      if (last >= now) continue;
      place.names.delete(name);
      this.#store.names.remove(this.#key(place.scope, name));
    }
    // Where the clock stands still all are left: they are not gone through at each deletion.
    place.forgetAt = Math.max(FORGET_AT, place.names.size * 2);
  }

  #key(scope: Scope, ...name: string[]): string {
    return [this.#kind, scopeKey(scope), ...name].join('/');
  }
}
