import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Clock } from '../../runtime/clock.ts';
import type { DataKey, DataKeys, Reader, ShelfOwner, WrappedKey } from '../ports.ts';
import { isEverywhere, isIn, type Scope, type Where } from '../resources/scope.ts';
import type { KeyRequest, KeyService } from './keyService.ts';

/** How long a data key is used. AWS does not say; its tokens and connections last as long. */
const LIFE_MS = 45 * 60_000;
/** So many principals write to one stream, and so many data keys of it are read, before the oldest is asked for again. */
const MOST_WRITERS = 64;
const MOST_OPENED = 256;
/** Which pair of an encryption context KVS has nobody has published: this one is ours. */
const CONTEXT_NAME = 'aws:kinesisvideo:arn';

interface Held<T> {
  /** ARN of the key; undefined as long as that is not known. */
  keyArn: string | undefined;
  key: T | Promise<T>;
  readonly drop: () => void;
}

interface OfStream {
  readonly scope: Scope;
  readonly sealing: Map<string, Held<DataKey>>;
  readonly opened: Map<string, Held<KeyObject>>;
}

/** A data key in the clear, for those who look at a stream from within; not the key itself. */
export interface HeldDataKey {
  /** Null as long as the KMS has not said. */
  readonly keyArn: string | null;
  readonly principal: string;
  readonly use: 'seal' | 'open';
}

/** The data keys of all streams, in the clear: of each stream those of each principal, until they are renewed. */
export class StreamKeys implements DataKeys {
  readonly #kms: KeyService;
  readonly #clock: Clock;
  readonly #streams = new Map<string, OfStream>();

  constructor({ kms, clock }: { kms: KeyService; clock: Clock }) {
    this.#kms = kms;
    this.#clock = clock;
  }

  toSeal(owner: ShelfOwner, writer: string): DataKey | Promise<DataKey> {
    const { sealing } = this.#of(owner);
    const held = sealing.get(writer);
    if (held !== undefined) return held.key;
    return this.#hold(owner, sealing, writer, MOST_WRITERS, () => {
      const made = this.#kms.generateDataKey(requestOf(owner, writer));
      return made instanceof Promise ? made.then(dataKeyOf) : dataKeyOf(made);
    });
  }

  toOpen(owner: ShelfOwner, wrapped: WrappedKey, reader: Reader): KeyObject | Promise<KeyObject> {
    const { opened } = this.#of(owner);
    const name = `${reader}\n${Buffer.from(wrapped.bytes).toString('latin1')}`;
    const held = opened.get(name);
    if (held !== undefined) return held.key;
    return this.#hold(
      owner,
      opened,
      name,
      MOST_OPENED,
      () => {
        const plain = this.#kms.decrypt(requestOf(owner, reader), wrapped);
        return plain instanceof Promise ? plain.then(secretOf) : secretOf(plain);
      },
      wrapped.keyArn,
    );
  }

  /** What is refused is not remembered: the next who asks may be told otherwise. */
  #hold<T extends object>(
    { arn }: ShelfOwner,
    all: Map<string, Held<T>>,
    name: string,
    most: number,
    ask: () => T | Promise<T>,
    keyArn?: string,
  ): T | Promise<T> {
    const key = ask();
    const forget = (): void => {
      if (all.get(name) === held) all.delete(name);
    };
    const callOff = this.#clock.at(this.#clock.now() + LIFE_MS, forget, { what: 'dataKey', stream: nameIn(arn) });
    const drop = (): void => {
      callOff();
      forget();
    };
    const held: Held<T> = { keyArn: keyArn ?? arnOf(key), key, drop };
    all.set(name, held);
    for (const oldest of all.values()) {
      if (all.size <= most) break;
      oldest.drop();
    }
    if (key instanceof Promise) {
      key.then((found) => {
        held.key = found;
        held.keyArn ??= arnOf(found);
      }, drop);
    }
    return key;
  }

  #of({ arn }: ShelfOwner): OfStream {
    let found = this.#streams.get(arn);
    if (found === undefined) {
      found = { scope: scopeIn(arn), sealing: new Map(), opened: new Map() };
      this.#streams.set(arn, found);
    }
    return found;
  }

  /** Those of a stream that are there: whose, under which key, and what for. */
  *of(arn: string): Generator<HeldDataKey> {
    const held = this.#streams.get(arn);
    for (const [principal, { keyArn = null }] of held?.sealing ?? []) yield { keyArn, principal, use: 'seal' };
    for (const [name, { keyArn = null }] of held?.opened ?? []) {
      yield { keyArn, principal: name.slice(0, name.indexOf('\n')), use: 'open' };
    }
  }

  forget(arn: string): void {
    const of = this.#streams.get(arn);
    this.#streams.delete(arn);
    if (of !== undefined) dropAll(of, () => true);
  }

  /** Something about that key has changed: whoever needs it next asks the KMS again. */
  drop(keyArn: string): void {
    // One that is still being asked for may have been answered as it was before.
    for (const of of this.#streams.values()) {
      dropAll(of, (held) => held.keyArn === keyArn || held.keyArn === undefined);
    }
  }

  reset(which: Where): void {
    for (const [arn, { scope }] of this.#streams) if (isEverywhere(which) || isIn(which, scope)) this.forget(arn);
  }
}

function dropAll({ sealing, opened }: OfStream, which: (held: Held<unknown>) => boolean): void {
  for (const all of [sealing, opened]) for (const held of all.values()) if (which(held)) held.drop();
}

const ARN = /^arn:[^:]*:kinesisvideo:([^:]*):([^:]*):stream\/([^/]*)/;

function scopeIn(arn: string): Scope {
  const [, region = '', account = ''] = ARN.exec(arn) ?? [];
  return { account, region };
}
export const nameIn = (arn: string): string | undefined => ARN.exec(arn)?.[3];

const requestOf = (owner: ShelfOwner, principal: string): KeyRequest => ({
  keyId: owner.keyId(),
  scope: scopeIn(owner.arn),
  stream: owner.arn,
  principal,
  context: { [CONTEXT_NAME]: owner.arn },
});

function secretOf(plain: Uint8Array): KeyObject {
  const key = createSecretKey(plain);
  plain.fill(0);
  return key;
}

function dataKeyOf({ plain, wrapped }: Awaited<ReturnType<KeyService['generateDataKey']>>): DataKey {
  let uses = 0;
  return {
    key: secretOf(plain),
    wrapped,
    count() {
      uses += 1;
      return uses;
    },
  };
}

const arnOf = (key: object): string | undefined => (key as Partial<DataKey>).wrapped?.keyArn;
