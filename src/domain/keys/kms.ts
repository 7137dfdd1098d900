import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { Log } from '../../runtime/log.ts';
import type { RecordTable, WrappedKey } from '../ports.ts';
import { isEverywhere, type Scope, type Where } from '../resources/scope.ts';
import { denied, type Key, type KeyCall, type KeyOperation } from './key.ts';
import { KeyError } from './keyError.ts';
import { DEFAULT_ALIAS, type KeyName, keyArn, parseKeyId } from './keyId.ts';
import type { KeyRecord, KeySettings } from './keyRecord.ts';
import { KeyRing, type NewKey } from './keyRing.ts';
import type { GeneratedKey, KeyRequest, KeyService } from './keyService.ts';
import { type KeyVersion, unwrap, versionIn, wrap } from './wrapping.ts';

interface Parts {
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Ids;
  /** Chance for keys: never that of a seed, or everybody had them. */
  readonly bytes: (count: number) => Uint8Array;
  readonly log: Log;
  readonly kept: RecordTable<KeyRecord>;
  /** A key that nobody has made is not there, as on AWS. Otherwise it is made when it is first used. */
  readonly strict: boolean;
  /** Told of each use of a key, and of each attempt at one. */
  readonly onCall: (key: Key, call: KeyCall) => void;
}

/** What of a key can be changed. */
export type KeyChange = { readonly [Name in keyof KeySettings]?: KeySettings[Name] | undefined } & {
  readonly aliases?: readonly string[] | undefined;
};

export interface SavedKms {
  readonly ids: string;
  readonly calls: number;
  /** By ARN. */
  readonly keys: readonly (readonly [string, { readonly counts: Key['counts']; readonly calls: readonly KeyCall[] }])[];
}

/** Of what a user names, as far as it is written in the log. */
const MOST_SHOWN = 100;

/** The built-in KMS. */
export class Kms implements KeyService {
  readonly ring: KeyRing;
  readonly #parts: Parts;
  readonly #listeners: ((key: Key) => void)[] = [];
  #calls = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.ring = new KeyRing(parts);
  }

  /** Calls `tell` when something about a key has changed, whatever it is. */
  onChange(tell: (key: Key) => void): void {
    this.#listeners.push(tell);
  }

  // ------------------------------------------------------------------------------------------------------ using keys

  generateDataKey(request: KeyRequest): GeneratedKey {
    const key = this.#resolve(request);
    return this.#use('GenerateDataKey', key, request, () => {
      const plain = this.#parts.bytes(32);
      const bytes = wrap(key.record.versions.at(-1) as KeyVersion, plain, request.context, this.#parts.bytes(12));
      return { plain, wrapped: { keyArn: key.arn, bytes } };
    });
  }

  decrypt(request: KeyRequest, wrapped: WrappedKey): Uint8Array {
    const name = versionIn(wrapped.bytes);
    const found = name === undefined ? undefined : this.ring.byVersion(name);
    if (found === undefined) throw new KeyError('NotFoundException', `Key '${wrapped.keyArn}' does not exist`);
    return this.#use('Decrypt', found.key, request, () => {
      const plain = unwrap(found.version, wrapped.bytes, request.context);
      if (plain === undefined)
        throw new KeyError('ValidationException', 'The data key was not wrapped for this stream.');
      return plain;
    });
  }

  #use<T>(operation: KeyOperation, key: Key, { principal, stream, context }: KeyRequest, use: () => T): T {
    let outcome: KeyCall['outcome'] = 'ok';
    try {
      key.check(operation, principal);
      return use();
    } catch (error) {
      if (error instanceof KeyError) outcome = error.refusal;
      throw error;
    } finally {
      this.#calls += 1;
      const time = this.#parts.clock.now();
      const call = { id: this.#calls, time, operation, principal, stream, context, outcome };
      key.note(call);
      this.#parts.onCall(key, call);
    }
  }

  #resolve({ keyId, scope, principal }: KeyRequest): Key {
    const name = parseKeyId(keyId, scope);
    if (name === undefined) {
      throw new KeyError('ValidationException', `'${keyId.slice(0, MOST_SHOWN)}' is neither a key nor an alias.`);
    }
    const found = this.find(name);
    if (found !== undefined) return found;
    const arn = keyArn(name.scope, name);
    // Of another account's keys nobody learns more than that.
    if (name.scope.account !== scope.account) throw denied('GenerateDataKey', principal, arn);
    const missing = name.kind === 'key' ? `Key '${arn}' does not exist` : `Alias ${arn} is not found.`;
    const elsewhere = name.scope.region !== scope.region;
    const { strict, log } = this.#parts;
    if (strict || elsewhere || this.ring.full || this.ring.wasDeleted(name.scope, name.name)) {
      throw new KeyError('NotFoundException', missing);
    }
    log.warn(
      `There is no key ${arn}, so the emulator has made one. AWS refuses media with KMS_KEY_NOT_FOUND: make it with POST /_kvs/keys, or see --strict.`,
    );
    return this.make(name.scope, name.kind === 'key' ? { id: name.name } : { aliases: [name.name] });
  }

  // --------------------------------------------------------------------------------------------------- keeping keys

  find({ kind, name, scope }: KeyName): Key | undefined {
    if (kind === 'key') return this.ring.byId(scope, name);
    return name === DEFAULT_ALIAS ? this.ring.default(scope) : this.ring.byAlias(scope, name);
  }

  /** Of a name that is taken nobody has asked here. */
  make(scope: Scope, wanted: NewKey): Key {
    const key = this.ring.add(scope, wanted);
    this.#tell(key);
    return key;
  }

  change(key: Key, patch: KeyChange): void {
    this.ring.change(key, Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)));
    this.#tell(key);
  }

  rotate(key: Key): void {
    this.ring.rotate(key);
    this.#tell(key);
  }

  remove(key: Key): void {
    this.ring.remove(key);
    this.#tell(key);
  }

  /** Whether what is made of media that the key seals may be kept in the clear. */
  isOpen(key: Key): boolean {
    return key.record.state === 'Enabled' && !key.record.deleted;
  }

  #tell(key: Key): void {
    for (const tell of this.#listeners) tell(key);
  }

  reset(which: Where): void {
    this.ring.reset(which);
    if (isEverywhere(which)) this.#calls = 0;
  }

  /** What is known of keys beyond their records. Who has used them is told if all that was asked is. */
  save({ journal }: { readonly journal: boolean }): SavedKms {
    const used = [...this.ring.all()].filter(({ counts }) => counts.GenerateDataKey + counts.Decrypt > 0);
    used.sort((a, b) => (a.arn < b.arn ? -1 : 1));
    return {
      ids: this.ring.save(),
      calls: this.#calls,
      keys: used.map((key) => [key.arn, { counts: { ...key.counts }, calls: journal ? key.calls() : [] }]),
    };
  }

  load({ ids, calls, keys }: SavedKms): void {
    this.ring.load(ids);
    this.#calls = calls;
    const known = new Map(keys);
    for (const key of this.ring.all()) {
      const own = known.get(key.arn);
      if (own !== undefined) key.remember(own.counts, own.calls);
    }
  }
}
