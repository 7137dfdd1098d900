import type { About, Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { Life, ResourceRecord } from './record.ts';
import type { ResourceKind } from './scope.ts';

export type Patch<Own> = Partial<Life> | Partial<Own>;

/** The end of the state that ends first: when, and what that makes of the record; undefined if the resource goes. */
export interface NextEnd<Own> {
  readonly at: number;
  readonly patch: Patch<Own> | undefined;
}

/** What stands behind the resources of a kind. */
export interface Home<Own> {
  readonly kind: ResourceKind;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Throws a StoreError, and what was kept before stays, if it cannot be kept. */
  keep(record: ResourceRecord & Own): void;
  /** The resource's time is over. */
  goes(resource: Resource<Own>): void;
}

/** A stream or channel: its record, and the clock's work for it. `Own` is what the record has beyond every resource's. */
export class Resource<Own> {
  /** Of this resource alone, whatever is done to others. */
  readonly ids: Ids;
  readonly #home: Home<Own>;
  #record: ResourceRecord & Own;
  #gone = false;
  #due: { readonly at: number; readonly cancel: () => void } | undefined;
  #versionIds: Ids | undefined;
  #drawn = 0;

  constructor(record: ResourceRecord & Own, home: Home<Own>) {
    this.#record = record;
    this.#home = home;
    this.ids = home.ids.of(record.arn, String(record.era));
  }

  get record(): ResourceRecord & Own {
    return this.#record;
  }

  /** The one place where a resource becomes something else. Throws, and stays as it was, if that cannot be kept. */
  change(patch: Patch<Own>, cause: 'request' | 'time' = 'request'): void {
    // Not with spreads: V8 makes other hidden classes of those, and all records are to have the same.
    const record = Object.assign({}, this.#record, patch);
    // Of what has gone nothing is kept. What time does is done even so: what was kept before comes to the same.
    if (cause === 'request' && !this.#gone) this.#home.keep(record);
    this.#record = record;
    this.arm();
    if (cause === 'time' && !this.#gone) this.#home.keep(record);
  }

  /** Has the clock end the state that ends first, as the record says, and nothing else. */
  arm(): void {
    const at = this.due()?.at;
    if (at === this.#due?.at) return;
    this.#due?.cancel();
    this.#due = at === undefined ? undefined : { at, cancel: this.#home.clock.at(at, () => this.end(), this.#about()) };
  }

  #about(): About {
    return { what: 'state', stream: this.#home.kind === 'stream' ? this.#record.name : undefined };
  }

  /** What ends next by itself. */
  due(): NextEnd<Own> | undefined {
    return this.#gone ? undefined : this.nextEnd();
  }

  /** Ends that. */
  end(): void {
    const end = this.due();
    if (end === undefined) return;
    this.#due?.cancel();
    this.#due = undefined;
    if (end.patch === undefined) this.#home.goes(this);
    else this.change(end.patch, 'time');
  }

  /** It has gone: nothing more ends, and nothing more is kept. */
  leave(): void {
    this.#gone = true;
    this.arm();
  }

  /** A version that it has not had. */
  nextVersion(): Pick<Life, 'version' | 'versions'> {
    this.#versionIds ??= versionIds(this.ids);
    let version: string;
    do {
      version = this.#versionIds.version();
      this.#drawn += 1;
    } while (this.#drawn <= this.#record.versions);
    return { version, versions: this.#drawn };
  }

  protected nextEnd(): NextEnd<Own> | undefined {
    const { statusEnds } = this.#record;
    if (statusEnds === null) return undefined;
    const { at, to } = statusEnds;
    return { at, patch: to === 'GONE' ? undefined : { status: to, statusEnds: null } };
  }
}

/** A resource's versions, from its first one, out of its own ids. */
export const versionIds = (ids: Ids): Ids => ids.lasting('versions');
