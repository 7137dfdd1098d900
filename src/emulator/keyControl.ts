import type { Key, KeyCall } from '../domain/keys/key.ts';
import { DEFAULT_ALIAS, parseKeyId } from '../domain/keys/keyId.ts';
import type { NewKey } from '../domain/keys/keyRing.ts';
import type { Kms } from '../domain/keys/kms.ts';
import { isIn, type Scope } from '../domain/resources/scope.ts';
import { excerpt } from '../protocol/errors.ts';
import { toIso } from '../runtime/time.ts';
import { ControlError } from './controlError.ts';
import { readControl } from './controlInput.ts';
import {
  type KeyCallsQuery,
  type KeyChangeGiven,
  type KeysQuery,
  type KeyWhere,
  keyCallsQuery,
  keyChange,
  keyNamed,
  keysMade,
  keysQuery,
  type NewKeyGiven,
} from './keyShapes.ts';
import { MOST_LISTED, pageOf } from './lists.ts';

/** A key of the built-in KMS. */
export interface KeyView extends Scope {
  readonly id: string;
  readonly arn: string;
  /** `AWS` for the service’s own, `CUSTOMER` for others. */
  readonly manager: 'AWS' | 'CUSTOMER';
  readonly state: string;
  readonly usage: string;
  readonly spec: string;
  readonly aliases: readonly string[];
  readonly principals: readonly string[];
  /** What each use of it is refused with, if that has been asked for. */
  readonly fails: string | null;
  /** How many there have been: one more with each rotation. */
  readonly versions: number;
  /** How often it has been used, or somebody has tried to. */
  readonly calls: { readonly GenerateDataKey: number; readonly Decrypt: number };
}

export interface KeyCallView {
  readonly id: number;
  readonly time: string;
  readonly operation: string;
  readonly principal: string;
  /** The ARN of the stream it was for. */
  readonly stream: string;
  readonly context: Readonly<Record<string, string>>;
  /** `ok`, or what it was refused with. */
  readonly outcome: string;
}

/** The keys that media are sealed with. What is changed takes effect with the next fragment, chunk or call. */
export interface EmulatorKeys {
  /** By ARN. `next` is to be given as `after` for what follows. */
  list(which?: KeysQuery): { readonly keys: readonly KeyView[]; readonly next: string | null };
  get(id: string, where?: KeyWhere): KeyView;
  /** One, or several: all of them or none. */
  create(key?: NewKeyGiven): KeyView;
  create(keys: readonly NewKeyGiven[]): { readonly keys: readonly KeyView[] };
  change(id: string, change: KeyChangeGiven): KeyView;
  /** Data keys are made with another version from now on; those that were made before can still be opened. */
  rotate(id: string, where?: KeyWhere): KeyView;
  /** Nothing can be sealed under it or opened any more, unless it is made again with the same id. */
  remove(id: string, where?: KeyWhere): KeyView;
  /** What it was used for, oldest first: the last 1,000 uses. `next` is to be given as `after`. */
  calls(id: string, query?: KeyCallsQuery): { readonly calls: readonly KeyCallView[]; readonly next: number | null };
}

/**
 * @param kms undefined if keys are those of another KMS
 * @param own whose a key is if it is not said
 */
export function keyControl(kms: Kms | undefined, own: Scope): EmulatorKeys {
  const built = (): Kms => {
    if (kms !== undefined) return kms;
    throw new ControlError('The keys are not the emulator’s own.', 'It was started with --kms: ask that KMS.');
  };
  const scopeOf = ({ account = own.account, region = own.region }: KeyWhere): Scope => ({ account, region });

  function find(id: string, where: KeyWhere): Key {
    const scope = scopeOf(where);
    const name = parseKeyId(id, scope);
    const found = name && built().find(name);
    if (found !== undefined) return found;
    const message = `There is no key ${excerpt(JSON.stringify(id), 100)} of the account ${scope.account} in ${scope.region}.`;
    throw new ControlError(message, 'GET /_kvs/keys lists those there are.', undefined, 'missing');
  }
  const named = (id: string, where: KeyWhere): Key => {
    const read = readControl(keyNamed, { id, ...where });
    return find(read.id, read);
  };

  function checkAliases(scope: Scope, aliases: readonly string[], path: string, key?: Key): void {
    for (const [at, alias] of aliases.entries()) {
      const where = `${path}/aliases/${at}`;
      if (aliases.indexOf(alias) < at) throw new ControlError(`"${alias}" is said twice.`, 'Say it once.', where);
      const owner = built().ring.byAlias(scope, alias);
      if (owner === undefined || owner === key) continue;
      const hint = 'Take it from that key first, or change that one.';
      throw new ControlError(`"${alias}" belongs to the key ${owner.record.id}.`, hint, where, 'taken');
    }
  }

  /** All of them are looked at before the first is made. */
  function check(wanted: readonly { readonly key: NewKey; readonly scope: Scope; readonly path: string }[]): void {
    const said = new Set<string>();
    for (const { key, scope, path } of wanted) {
      const names = [...(key.id === undefined ? [] : [key.id]), ...(key.aliases ?? [])];
      if (key.id !== undefined && built().ring.byId(scope, key.id) !== undefined) {
        const hint = 'Change it, or give another id.';
        throw new ControlError(`There is a key "${key.id}" already.`, hint, `${path}/id`, 'taken');
      }
      checkAliases(scope, key.aliases ?? [], path);
      for (const name of names) {
        const whose = `${scope.account} ${scope.region} ${name}`;
        if (said.has(whose)) throw new ControlError(`"${name}" is said of two keys.`, 'Say it of one.', path, 'taken');
        said.add(whose);
      }
    }
    if (built().ring.full)
      throw new ControlError('There are too many keys.', 'Remove some, or reset.', undefined, 'busy');
  }

  function create(given?: NewKeyGiven): KeyView;
  function create(given: readonly NewKeyGiven[]): { readonly keys: readonly KeyView[] };
  function create(given: NewKeyGiven | readonly NewKeyGiven[] = {}, where: KeyWhere = {}): unknown {
    const read = readControl(keysMade, { keys: given, ...where });
    const list = Array.isArray(read.keys) ? read.keys : [read.keys ?? {}];
    const wanted = list.map(({ account, region, id, state, aliases, principals, usage, fails, spec }, at) => ({
      key: { id, state, aliases, principals, usage, fails, spec },
      scope: scopeOf({ account: account ?? read.account, region: region ?? read.region }),
      path: Array.isArray(read.keys) ? `/keys/${at}` : '/keys',
    }));
    check(wanted);
    const made = wanted.map(({ key, scope }) => viewOf(built().make(scope, key)));
    return Array.isArray(given) ? { keys: made } : made[0];
  }

  return {
    list(which = {}) {
      const { after, limit, ...where } = readControl(keysQuery, which);
      // That of the emulator's own account is always there to be named.
      if (isIn(where, own)) built().find({ kind: 'alias', name: DEFAULT_ALIAS, scope: own });
      const { page, next } = pageOf(built().ring.all(where), ({ arn }) => arn, { after, limit });
      return { keys: page.map(viewOf), next };
    },
    get: (id, where = {}) => viewOf(named(id, where)),
    create,
    change(id, change) {
      const { id: name, account, region, ...patch } = readControl(keyChange, { id, ...change });
      const key = find(name, { account, region });
      if (patch.aliases !== undefined) checkAliases(key.record.scope, patch.aliases, '', key);
      built().change(key, patch);
      return viewOf(key);
    },
    rotate(id, where = {}) {
      const key = named(id, where);
      built().rotate(key);
      return viewOf(key);
    },
    remove(id, where = {}) {
      const key = named(id, where);
      built().remove(key);
      return viewOf(key);
    },
    calls(id, query = {}) {
      const { id: name, after = 0, limit = MOST_LISTED, ...where } = readControl(keyCallsQuery, { id, ...query });
      const from = find(name, where)
        .calls()
        .filter((call) => call.id > after);
      const calls = from.slice(0, limit);
      return { calls: calls.map(callOf), next: from.length > limit ? (calls.at(-1)?.id ?? null) : null };
    },
  };
}

function viewOf({ arn, record, counts }: Key): KeyView {
  const { id, scope, manager, state, usage, spec, aliases, principals, fails, versions } = record;
  return {
    ...{ id, arn, account: scope.account, region: scope.region, manager, state, usage, spec },
    ...{ aliases: [...aliases], principals: [...principals], fails, versions: versions.length, calls: { ...counts } },
  };
}

const callOf = ({ id, time, operation, principal, stream, context, outcome }: KeyCall): KeyCallView => ({
  ...{ id, time: toIso(time), operation, principal, stream, context: { ...context }, outcome },
});
