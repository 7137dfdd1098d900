import type { Ids } from '../../runtime/ids.ts';
import type { RecordTable } from '../ports.ts';
import { isEverywhere, isIn, type Scope, scopeKey, type Where } from '../resources/scope.ts';
import { Key } from './key.ts';
import { DEFAULT_ALIAS } from './keyId.ts';
import type { KeyRecord } from './keyRecord.ts';
import { SEALING_SPEC, SEALING_USAGE } from './keyStates.ts';
import { ID_BYTES, type KeyVersion, MATERIAL_BYTES } from './wrapping.ts';

/** The keys of an account in a region. */
interface Keys {
  readonly scope: Scope;
  readonly keys: Map<string, Key>;
  /** By name: the key it belongs to. */
  readonly aliases: Map<string, Key>;
  /** Keys that have been deleted, oldest first: whoever makes one of the same id has it back. */
  readonly gone: Map<string, Key>;
}

/** So many keys there may be, and so many deleted ones are remembered of an account in a region. */
const MOST_KEYS = 10_000;
const MOST_GONE = 1000;

interface Parts {
  readonly ids: Ids;
  /** Chance for key material. */
  readonly bytes: (count: number) => Uint8Array;
  readonly kept: RecordTable<KeyRecord>;
}

export type NewKey = { readonly [Name in keyof KeyRecord]?: KeyRecord[Name] | undefined };

/** Which keys there are, and what they are called. Each is kept before it is so. */
export class KeyRing {
  readonly #parts: Parts;
  #ids: Ids;
  readonly #scopes = new Map<string, Keys>();
  /** By the name of each of its versions. */
  readonly #byVersion = new Map<string, { readonly key: Key; readonly version: KeyVersion }>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#ids = parts.ids.of('keys');
    this.#goOn();
  }

  /** Which ids come next. */
  save(): string {
    return this.#ids.save();
  }

  /** Begins with what is kept by now; nothing of before may be here. */
  load(ids: string): void {
    this.#ids.load(ids);
    this.#goOn();
  }

  /** What was sealed under a key that has lost its versions cannot be read any more; what comes can. */
  #goOn(): void {
    for (const [, record] of [...this.#parts.kept.entries()]) {
      const whole = record.versions.length > 0 ? record : { ...record, versions: [this.#version()] };
      if (whole !== record) this.#keep(whole);
      this.#place(new Key(whole));
    }
  }

  *all(which: Where = {}): Generator<Key> {
    for (const { scope, keys } of this.#scopes.values()) if (isIn(which, scope)) yield* keys.values();
  }

  /** Whether there may not be another. */
  get full(): boolean {
    let count = 0;
    for (const { keys } of this.#scopes.values()) count += keys.size;
    return count >= MOST_KEYS;
  }

  byId(scope: Scope, id: string): Key | undefined {
    return this.#scopes.get(scopeKey(scope))?.keys.get(id);
  }

  byAlias(scope: Scope, alias: string): Key | undefined {
    return this.#scopes.get(scopeKey(scope))?.aliases.get(alias);
  }

  /** The key that a version belongs to, if it has not been deleted. */
  byVersion(name: string): { readonly key: Key; readonly version: KeyVersion } | undefined {
    const found = this.#byVersion.get(name);
    return found?.key.record.deleted === false ? found : undefined;
  }

  /** Whether there was a key of that id or alias. */
  wasDeleted(scope: Scope, name: string): boolean {
    const gone = this.#scopes.get(scopeKey(scope))?.gone ?? new Map<string, Key>();
    return gone.has(name) || [...gone.values()].some(({ record }) => record.aliases.includes(name));
  }

  /** The service's own key of an account in a region, which is there once it is needed, until it is deleted. */
  default(scope: Scope): Key | undefined {
    const found = this.byAlias(scope, DEFAULT_ALIAS);
    if (found !== undefined || this.full || this.wasDeleted(scope, DEFAULT_ALIAS)) return found;
    const id = this.#parts.ids.of('keys', scopeKey(scope), DEFAULT_ALIAS).uuid();
    return this.add(scope, { id, manager: 'AWS', aliases: [DEFAULT_ALIAS] });
  }

  /** Whoever makes a key again that was deleted has its versions back, and what was sealed under it with them. */
  add(scope: Scope, wanted: NewKey): Key {
    const own = this.#of(scope);
    const id = wanted.id ?? this.#newId(own);
    const before = own.gone.get(id)?.record;
    const key = new Key({
      id,
      scope,
      manager: wanted.manager ?? before?.manager ?? 'CUSTOMER',
      spec: wanted.spec ?? SEALING_SPEC,
      state: wanted.state ?? 'Enabled',
      usage: wanted.usage ?? SEALING_USAGE,
      principals: wanted.principals ?? ['*'],
      fails: wanted.fails ?? null,
      aliases: wanted.aliases ?? before?.aliases.filter((alias) => !own.aliases.has(alias)) ?? [],
      versions: before?.versions ?? [this.#version()],
      deleted: false,
    });
    this.#keep(key.record);
    own.gone.delete(id);
    this.#place(key);
    return key;
  }

  /** Ids of a seed may have been given to keys that were there before. */
  #newId({ keys, gone }: Keys): string {
    let id: string;
    do id = this.#ids.uuid();
    while (keys.has(id) || gone.has(id));
    return id;
  }

  change(key: Key, patch: Partial<KeyRecord>): void {
    const record = { ...key.record, ...patch };
    this.#keep(record);
    this.#displace(key);
    key.record = record;
    this.#place(key);
    if (record.deleted) this.#trim(this.#of(record.scope));
  }

  /** Makes another version, with which data keys are made from now on. */
  rotate(key: Key): void {
    this.change(key, { versions: [...key.record.versions, this.#version()] });
  }

  remove(key: Key): void {
    this.change(key, { deleted: true });
  }

  #version(): KeyVersion {
    const { bytes } = this.#parts;
    const [id, material] = [Buffer.from(bytes(ID_BYTES)), Buffer.from(bytes(MATERIAL_BYTES))];
    return { id: id.toString('hex'), material: material.toString('base64') };
  }

  #place(key: Key): void {
    const { id, scope, aliases, versions, deleted } = key.record;
    const own = this.#of(scope);
    (deleted ? own.gone : own.keys).set(id, key);
    if (!deleted) for (const alias of aliases) own.aliases.set(alias, key);
    for (const version of versions) this.#byVersion.set(version.id, { key, version });
  }

  #displace(key: Key): void {
    const { id, scope, aliases } = key.record;
    const own = this.#of(scope);
    own.keys.delete(id);
    for (const alias of aliases) if (own.aliases.get(alias) === key) own.aliases.delete(alias);
  }

  /** Of deleted keys the oldest are forgotten for good. */
  #trim({ gone }: Keys): void {
    for (const [id, key] of gone) {
      if (gone.size <= MOST_GONE) break;
      gone.delete(id);
      this.#forget(key);
    }
  }

  #forget({ record }: Key): void {
    for (const { id } of record.versions) this.#byVersion.delete(id);
    this.#parts.kept.remove(keptAs(record));
  }

  #keep(record: KeyRecord): void {
    this.#parts.kept.put(keptAs(record), record);
  }

  #of(scope: Scope): Keys {
    const name = scopeKey(scope);
    let found = this.#scopes.get(name);
    if (found === undefined) {
      found = { scope, keys: new Map(), aliases: new Map(), gone: new Map() };
      this.#scopes.set(name, found);
    }
    return found;
  }

  reset(which: Where): void {
    for (const [name, { scope, keys, gone }] of this.#scopes) {
      if (!isIn(which, scope)) continue;
      for (const key of [...keys.values(), ...gone.values()]) this.#forget(key);
      this.#scopes.delete(name);
    }
    if (isEverywhere(which)) this.#ids = this.#parts.ids.of('keys');
  }
}

const keptAs = ({ scope, id }: KeyRecord): string => `${scopeKey(scope)}/${id}`;
