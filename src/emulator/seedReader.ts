import { isIn, type Scope } from '../domain/resources/scope.ts';
import { ControlError, inPlace, placed } from './controlError.ts';
import { readControl } from './controlInput.ts';
import { readCredentials } from './credentialReader.ts';
import { readFaults } from './faultControl.ts';
import { checkNames } from './limitValues.ts';
import type { SeedParts } from './seedParts.ts';
import { type ChannelSeed, type ReadSeed, type Seed, type StreamSeed, seedTable } from './seedShapes.ts';

/** What a seed has for one account and region. */
export interface ScopeSeed {
  readonly scope: Scope;
  /** Where that stands in the seed: a JSON pointer. */
  readonly path: string;
  readonly streams: readonly Placed<StreamSeed>[];
  readonly channels: readonly Placed<ChannelSeed>[];
  readonly keys: NonNullable<Seed['keys']>;
}

/** One of a list, as it was read and as it was given, and where. */
export interface Placed<T> {
  readonly read: T;
  readonly given: Readonly<Record<string, unknown>>;
  readonly path: string;
}

/** What is there already, and is left as it is. */
export interface Left {
  readonly kind: 'stream' | 'channel' | 'key' | 'fault';
  readonly name: string;
  readonly account: string;
  readonly region: string;
}

export interface SeedPlan {
  readonly seed: ReadSeed;
  readonly given: Seed;
  readonly scopes: readonly ScopeSeed[];
  readonly faults: NonNullable<Seed['faults']>;
  readonly left: readonly Left[];
}

/** Reads a seed and holds it against what there is: all but its media. @throws ControlError with the path */
export function planSeed(parts: SeedParts, given: unknown, scope: Scope): SeedPlan {
  checkNames(memberOf(memberOf(given, 'limits'), 'overrides'), '/limits/overrides');
  const seed = readControl(seedTable, given);
  const left: Left[] = [];
  const asGiven = given as Seed;
  const scopes = scopesOf(seed, asGiven, scope).map((one) => withoutTaken(parts, one, seed, left));
  if (seed.credentials !== undefined) {
    const { account } = parts.own;
    inPlace('/credentials', () =>
      readCredentials(asGiven.credentials, parts.credentials.set, { account, changes: true }),
    );
  }
  const faults = faultsOf(parts, asGiven, seed, left);
  return { seed, given: asGiven, scopes, faults, left };
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

function scopesOf(seed: ReadSeed, given: Seed, own: Scope): ScopeSeed[] {
  const found = [scopeOf(seed, given, own, '')];
  for (const [account, regions] of seed.accounts ?? []) {
    for (const [region, of] of regions as ReadonlyMap<string, Part>) {
      const path = `/accounts/${account}/${region}`;
      if (isIn(own, { account, region })) {
        const message = 'That is the default account and region.';
        throw new ControlError(message, 'Say what is in it at the top of the seed.', path);
      }
      const { [account]: byRegion = {} } = given.accounts ?? {};
      found.push(scopeOf(of, byRegion[region] ?? {}, { account, region }, path));
    }
  }
  return found;
}

type Part = Pick<ReadSeed, 'streams' | 'channels' | 'keys'>;

function scopeOf(
  read: Part,
  given: Pick<Seed, 'streams' | 'channels' | 'keys'>,
  scope: Scope,
  path: string,
): ScopeSeed {
  const each = <T>(list: readonly T[] = [], as: readonly object[] = [], name: string): Placed<T>[] =>
    list.map((one, at) => ({
      ...{ read: one, path: `${path}/${name}/${at}` },
      given: as[at] as Placed<T>['given'],
    }));
  return {
    ...{ scope, path, keys: given.keys ?? [] },
    streams: each<StreamSeed>(read.streams, given.streams, 'streams'),
    channels: each<ChannelSeed>(read.channels, given.channels, 'channels'),
  };
}

/** Those that are to be made: what is there already is left, or refused. */
function withoutTaken(parts: SeedParts, one: ScopeSeed, { onConflict = 'leave' }: ReadSeed, left: Left[]): ScopeSeed {
  const { scope, path } = one;
  const isNew = (kind: Left['kind'], name: string, there: boolean, at: string): boolean => {
    if (!there) return true;
    if (onConflict === 'leave') {
      left.push({ kind, name, ...scope });
      return false;
    }
    const hint = 'Give it another name, or leave "onConflict" out: what is there is then left as it is.';
    throw new ControlError(`There is a ${kind} "${name}" already.`, hint, at, 'taken');
  };
  checkOnce(one.streams);
  checkOnce(one.channels);
  const made = {
    ...one,
    streams: one.streams.filter(({ read: { name }, path: at }) =>
      isNew('stream', name, parts.streams.traces(scope, name).here !== undefined, `${at}/name`),
    ),
    channels: one.channels.filter(({ read: { name }, path: at }) =>
      isNew('channel', name, parts.channels.traces(scope, name).here !== undefined, `${at}/name`),
    ),
    keys: one.keys.filter(
      ({ id, account = scope.account, region = scope.region }, at) =>
        id === undefined || isNew('key', id, keyIsThere(parts, id, { account, region }), `${path}/keys/${at}/id`),
    ),
  };
  for (const { read, path: at } of made.streams) checkStream(read, at);
  for (const { read, path: at } of made.channels) checkChannel(parts, read, one, at);
  return made;
}

function keyIsThere({ controls }: SeedParts, id: string, scope: Scope): boolean {
  try {
    controls.keys.get(id, scope);
    return true;
  } catch (error) {
    if (error instanceof ControlError && error.kind === 'missing') return false;
    throw error;
  }
}

function checkOnce(all: readonly Placed<{ readonly name: string }>[]): void {
  const said = new Set<string>();
  for (const { read, path } of all) {
    if (said.has(read.name)) throw new ControlError(`"${read.name}" is said twice.`, 'Say it once.', `${path}/name`);
    said.add(read.name);
  }
}

const HOUR_MS = 3_600_000;

function checkStream({ name, retention = 0, media = [] }: StreamSeed, path: string): void {
  if (retention % HOUR_MS !== 0) {
    throw new ControlError('A retention is counted in hours.', 'Round it: "24h".', `${path}/retention`);
  }
  if (media.length > 0 && retention === 0) {
    const hint = 'Give it a "retention" like "24h".';
    throw new ControlError(`The stream ${name} retains nothing, so it has no past.`, hint, `${path}/retention`);
  }
}

function checkChannel(
  parts: SeedParts,
  { storage, messageTtl = 0 }: ChannelSeed,
  { scope, streams }: ScopeSeed,
  path: string,
): void {
  if (messageTtl % 1000 !== 0) {
    throw new ControlError('A time to live is counted in seconds.', 'Round it: "60s".', `${path}/messageTtl`);
  }
  if (storage === undefined || storage === null) return;
  if (streams.some(({ read }) => read.name === storage) || parts.streams.traces(scope, storage).here !== undefined)
    return;
  const hint = 'Name one of "streams", or one that is there.';
  throw new ControlError(`There is no stream "${storage}".`, hint, `${path}/storage`);
}

function faultsOf(
  parts: SeedParts,
  given: Seed,
  { onConflict = 'leave' }: ReadSeed,
  left: Left[],
): NonNullable<Seed['faults']> {
  const there = new Set(parts.controls.faults.list().map(({ id }) => id));
  const taken = ({ id }: { readonly id?: string | undefined }): boolean => id !== undefined && there.has(id);
  const all = given.faults ?? [];
  try {
    // Of those that are there one is enough, also to see that they make sense.
    readFaults([...all], parts.faultable, onConflict === 'fail' ? there : new Set());
  } catch (error) {
    throw placed('/faults', error);
  }
  for (const { id = '' } of all.filter(taken)) left.push({ kind: 'fault', name: id, ...parts.own });
  return all.filter((one) => !taken(one));
}
