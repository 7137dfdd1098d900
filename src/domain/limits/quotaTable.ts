import type { LimitRow } from './limitRow.ts';
import { type RatedOperation, rateTable } from './rateTable.ts';

const MIB = 1 << 20;

/** Bounds nothing but in the profiles that say how much. */
const quota = (unit: LimitRow['unit'], what: string, profiles: Pick<LimitRow, 'aws' | 'shards'>): LimitRow => ({
  ...{ value: Number.POSITIVE_INFINITY, unit, what, source: 'quotas' },
  ...profiles,
});

const own = {
  'account.streams': quota('count', 'streams of an account in a region', { aws: 10_000 }),
  'account.channels': quota('count', 'channels of an account in a region', { aws: 10_000 }),

  'PutMedia.connections': quota('count', 'connections of a stream that send', { aws: 1, shards: 1 }),
  'PutMedia.bytesPerSecond': quota('bytesPerSecond', 'what a stream takes', { aws: 12_500_000 }),
  'PutMedia.fragmentsPerSecond': quota('rate', 'fragments that a stream takes', { aws: 5 }),
  'GetMedia.connections': quota('count', 'connections of a stream', { aws: 3, shards: 3 }),
  'GetMedia.bytesPerSecond': quota('bytesPerSecond', 'what a connection is sent', { aws: 25_000_000 }),
  'GetMedia.fragmentsPerSecond': quota('rate', 'fragments that a connection is sent', { aws: 5 }),
  'GetMediaForFragmentList.connections': quota('count', 'connections of a stream', { aws: 5, shards: 5 }),
  'GetMediaForFragmentList.bytesPerSecond': quota('bytesPerSecond', 'what a connection is sent', { aws: 25_000_000 }),

  'points.metadata': quota('rate', 'fragments of a stream that are listed or looked up', { aws: 10_000 }),
  'points.media': quota('rate', 'fragments of a stream that are read', { aws: 500 }),
  'session.playlistRate': quota('rate', 'requests of a session for one kind of list or head', { aws: 5 }),
  'session.segmentRate': quota('rate', 'requests of a session for one kind of segment', { aws: 20 }),

  'signaling.payload': quota('count', 'characters of a payload as sent', { aws: 10_000 }),
  'SDP_OFFER.rate': quota('rate', 'offers of a connection', { aws: 5 }),
  'SDP_ANSWER.rate': quota('rate', 'answers of a connection', { aws: 5 }),
  'ICE_CANDIDATE.rate': quota('rate', 'candidates of a connection', { aws: 20 }),

  // The classic model, which is not how the service is documented to work.
  'shard.readTransactions': quota('rate', 'reads of a shard', { shards: 5 }),
  'shard.readBytes': quota('bytesPerSecond', 'what is read of a shard', { shards: 2 * MIB }),
  'shard.writeRecords': quota('rate', 'frames that a shard takes', { shards: 1000 }),
  'shard.writeBytes': quota('bytesPerSecond', 'what a shard takes', { shards: MIB }),
  'shards.pooled': {
    value: 0,
    unit: 'switch',
    always: true,
    what: 'a stream’s shards are one that is so many times as wide',
    source: 'chosen',
  },
} as const satisfies Readonly<Record<string, LimitRow>>;

type RateName = `${RatedOperation}.rate` | `${RatedOperation}.accountRate`;
export type QuotaName = keyof typeof own | RateName;

function rates(): [RateName, LimitRow][] {
  const row = (aws: number | undefined, what: string): LimitRow =>
    quota('rate', what, aws === undefined ? {} : { aws });
  return (Object.keys(rateTable) as RatedOperation[]).flatMap((name): [RateName, LimitRow][] => {
    const { each, account }: { each?: number; account?: number } = rateTable[name];
    return [
      [`${name}.rate`, row(each, `calls of ${name} for one stream or channel`)],
      [`${name}.accountRate`, row(account, `calls of ${name} of an account in a region`)],
    ];
  });
}

/** How much in a second, how many at once: off unless a profile or an override says otherwise. */
export const quotaTable: Readonly<Record<QuotaName, LimitRow>> = {
  ...own,
  ...(Object.fromEntries(rates()) as Record<RateName, LimitRow>),
};
