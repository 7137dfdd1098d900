import { COUNTED, type Connections, type Counted, Place } from '../../domain/limits/connections.ts';
import type { Limited } from '../../domain/limits/limits.ts';
import { type RatedOperation, rateTable } from '../../domain/limits/rateTable.ts';
import { Shards } from '../../domain/limits/shards.ts';
import type { Price, Throttle, Throttled } from '../../domain/limits/throttle.ts';
import type { Session } from '../../domain/sessions/session.ts';
import { serviceError } from '../../protocol/errors.ts';
import type { Gates } from '../enter.ts';
import type { Operation } from '../operation.ts';
import type { Passage } from './passage.ts';
import { pay, refuse } from './throttling.ts';

/** Reads, each of which is a transaction of the stream's shards; those that are given bytes need some to be had. */
const READS: ReadonlySet<string> = new Set([
  'GetMedia',
  'GetMediaForFragmentList',
  'ListFragments',
  'GetClip',
  'GetImages',
]);
const MEDIA_READS: ReadonlySet<string> = new Set(['GetMedia', 'GetMediaForFragmentList', 'GetClip']);
const SEGMENTS: ReadonlySet<string> = new Set(['GetMP4MediaFragment', 'GetTSFragment']);

type RateNames = { readonly rate: `${RatedOperation}.rate`; readonly accountRate: `${RatedOperation}.accountRate` };

const namesOf = new WeakMap<Operation, RateNames | false>();

/** The names of its rates; false if its calls are not counted. */
function rateNames(operation: Operation): RateNames | false {
  let names = namesOf.get(operation);
  if (names === undefined) {
    const counted = operation.countsAs ?? operation.name;
    names = isRated(counted) && { rate: `${counted}.rate`, accountRate: `${counted}.accountRate` };
    namesOf.set(operation, names);
  }
  return names;
}

const isRated = (name: string): name is RatedOperation => Object.hasOwn(rateTable, name);
const isCounted = (name: string): name is Counted => COUNTED.some((one) => one === name);

/** The steps that ask whether a call is too much. */
export function limitGates(
  throttle: Throttle,
  connections: Connections,
): Required<Pick<Gates, 'accountRate' | 'streamRate' | 'connections'>> {
  return {
    accountRate(passage) {
      const names = rateNames(passage.operation);
      if (names === false) return;
      const limit = throttle.limits.of(names.accountRate, passage);
      if (limit === Number.POSITIVE_INFINITY) return;
      pay(passage, [{ owner: throttle.account(passage), name: names.accountRate, limit, cost: 1 }], () =>
        serviceError('callsThrottled'),
      );
    },

    streamRate(passage) {
      const { operation, acted } = passage;
      if (acted === undefined) return;
      const prices = operation.kind === 'resource' ? sessionPrices(passage) : callPrices(passage);
      const { name } = operation;
      const resource = nameOf(acted as Limited | Session);
      pay(passage, prices, () => serviceError('clientLimitExceeded', name, resource));
      const lacking = debtOf(throttle, name, acted);
      if (lacking !== undefined) refuse(passage, lacking, serviceError('callsThrottled'));
    },

    connections(passage) {
      const { name } = passage.operation;
      if (!isCounted(name)) return;
      const stream = passage.acted as Limited;
      const place = connections.take(stream, name);
      if (place instanceof Place) {
        passage.place = place;
        passage.atEnd(() => connections.leave(stream, name, place));
        return;
      }
      // The other error is not in that operation's model.
      refuse(
        passage,
        place,
        serviceError(name === 'GetMediaForFragmentList' ? 'callsThrottled' : 'connectionLimitExceeded'),
      );
    },
  };
}

/** What a call costs its stream or channel. */
function callPrices({ operation, acted, services }: Passage): Price[] {
  const { throttle } = services;
  const names = rateNames(operation);
  const owner = acted as Limited;
  const prices: Price[] = [];
  if (names !== false) prices.push({ owner, name: names.rate, limit: throttle.limits.of(names.rate, owner), cost: 1 });
  if (READS.has(operation.name)) prices.push(new Shards(throttle, owner).transaction());
  return prices;
}

/** What a request of a player costs its session. */
function sessionPrices({ operation, acted, services }: Passage): Price[] {
  const owner = acted as Session;
  const name = SEGMENTS.has(operation.name) ? 'session.segmentRate' : 'session.playlistRate';
  const limit = services.throttle.limits.of(name, owner.stream);
  return [{ owner, name, limit, cost: 1, part: operation.name }];
}

/** Nothing new begins on shards that have given, or taken, more than they may so far. */
function debtOf(throttle: Throttle, operation: string, acted: unknown): Throttled | undefined {
  if (operation !== 'PutMedia' && !MEDIA_READS.has(operation)) return undefined;
  const shards = new Shards(throttle, acted as Limited);
  if (operation !== 'PutMedia') return shards.lack('shard.readBytes');
  return shards.lack('shard.writeBytes') ?? shards.lack('shard.writeRecords');
}

const nameOf = (acted: Limited | Session): string => ('record' in acted ? acted : acted.stream).record.name;
