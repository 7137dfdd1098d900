import { type ApiCounts, COUNTED_APIS, type CountedApi, type Latency } from '../domain/metrics/counts.ts';
import type { Stream } from '../domain/streams/stream.ts';

/** What is told of each stream under one name. */
export interface Family {
  /** As CloudWatch calls it: `PutMedia.IncomingBytes`. */
  readonly metric: string;
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  /** Undefined if there is nothing to tell of a stream. */
  readonly value: (stream: Stream) => number | undefined;
}

/** `PutMedia.IncomingBytes` is `put_media_incoming_bytes`. */
const snake = (metric: string): string =>
  metric
    .replaceAll('.', '_')
    .replaceAll(/([a-z\d])([A-Z])|([A-Z]{2,})(?=[A-Z][a-z])/g, (_, low, high, word) =>
      word === undefined ? `${low}_${high}` : `${word}_`,
    )
    .toLowerCase()
    .replaceAll('__', '_');

const counter = (metric: string, help: string, value: Family['value'], suffix = 'total'): Family => ({
  metric,
  name: `kvs_${snake(metric)}_${suffix}`,
  help,
  type: 'counter',
  value,
});
const gauge = (metric: string, help: string, value: Family['value'], unit = ''): Family => ({
  metric,
  name: `kvs_${snake(metric)}${unit}`,
  help,
  type: 'gauge',
  value,
});
/** Its sum and how often: CloudWatch's average is one divided by the other. */
const latency = (metric: string, help: string, of: (stream: Stream) => Latency | undefined): Family[] => [
  counter(metric, `${help}, milliseconds altogether`, (stream) => of(stream)?.sum, 'milliseconds_sum'),
  counter(metric, `${help}, how often`, (stream) => of(stream)?.count, 'milliseconds_count'),
];

type Told = 'media' | 'bytes' | 'latency';
const TOLD: { readonly [Api in CountedApi]: readonly Told[] } = {
  PutMedia: ['latency'],
  GetMedia: ['media'],
  GetMediaForFragmentList: ['media'],
  ListFragments: ['latency'],
  GetHLSStreamingSessionURL: ['latency'],
  GetHLSMasterPlaylist: ['latency'],
  GetHLSMediaPlaylist: ['latency'],
  GetDASHStreamingSessionURL: ['latency'],
  GetDASHManifest: ['latency'],
  GetMP4InitFragment: ['latency'],
  GetMP4MediaFragment: ['latency', 'bytes'],
  GetTSFragment: ['latency', 'bytes'],
  GetClip: ['latency', 'bytes'],
};

function ofApi(api: CountedApi): Family[] {
  const of =
    (value: (counts: ApiCounts) => number) =>
    (stream: Stream): number | undefined => {
      const counts = stream.countsSoFar?.peek(api);
      return counts && value(counts);
    };
  const told = TOLD[api];
  const families = [
    counter(
      `${api}.Requests`,
      `Requests of ${api}`,
      of(({ requests }) => requests),
    ),
  ];
  if (told.includes('latency')) {
    for (const family of latency(
      `${api}.Latency`,
      `From a request of ${api} to its answer`,
      (stream) => stream.countsSoFar?.peek(api)?.latency,
    ))
      families.push(family);
  }
  if (told.includes('media') || told.includes('bytes')) {
    families.push(
      counter(
        `${api}.OutgoingBytes`,
        `Bytes of media that ${api} has sent`,
        of(({ bytes }) => bytes),
      ),
    );
  }
  if (told.includes('media')) {
    families.push(
      counter(
        `${api}.OutgoingFragments`,
        `Fragments that ${api} has sent`,
        of(({ fragments }) => fragments),
      ),
      counter(
        `${api}.OutgoingFrames`,
        `Frames that ${api} has sent`,
        of(({ frames }) => frames),
      ),
    );
  }
  if (api === 'PutMedia' || api === 'GetMedia') {
    const refused = of(({ requests, succeeded }) => requests - succeeded);
    families.push(counter(`${api}.ConnectionErrors`, `Connections of ${api} that were refused`, refused));
  }
  if (api === 'GetMedia') {
    const behind = of(({ millisBehindNow }) => millisBehindNow);
    families.push(gauge('GetMedia.MillisBehindNow', 'How far the fragment sent last was behind the clock', behind));
  }
  // Of PutMedia it is counted by fragments.
  if (api !== 'PutMedia') {
    families.push(
      counter(
        `${api}.Success`,
        `Requests of ${api} that were not refused`,
        of(({ succeeded }) => succeeded),
        'sum',
      ),
      counter(
        `${api}.Success`,
        `Requests of ${api}, refused or not`,
        of(({ requests }) => requests),
        'count',
      ),
    );
  }
  return families;
}

/** Undefined for a stream that nobody has sent media to. */
const media = (stream: Stream) => (stream.fragments.counts.bytes === 0 ? undefined : stream.fragments.counts);

const INCOMING: readonly Family[] = [
  counter('PutMedia.IncomingBytes', 'Bytes that producers have sent', (stream) => media(stream)?.bytes),
  counter('PutMedia.IncomingFragments', 'Whole fragments that have come', (stream) => media(stream)?.fragments),
  counter('PutMedia.IncomingFrames', 'Frames of whole fragments that have come', (stream) => media(stream)?.frames),
  gauge('PutMedia.ActiveConnections', 'Producers that are connected', (stream) =>
    media(stream) === undefined ? undefined : stream.connections.count('producer'),
  ),
  ...latency(
    'PutMedia.FragmentIngestionLatency',
    'From the first byte of a fragment to its last',
    (stream) => media(stream)?.ingestion,
  ),
  ...latency(
    'PutMedia.FragmentPersistLatency',
    'From the last byte of a fragment until it is archived',
    (stream) => media(stream)?.persist,
  ),
  ...latency(
    'PutMedia.BufferingAckLatency',
    'From the first byte of a fragment to its BUFFERING',
    (stream) => media(stream)?.bufferingAck,
  ),
  ...latency(
    'PutMedia.ReceivedAckLatency',
    'From the last byte of a fragment to its RECEIVED',
    (stream) => media(stream)?.receivedAck,
  ),
  ...latency(
    'PutMedia.PersistedAckLatency',
    'From the last byte of a fragment to its PERSISTED',
    (stream) => media(stream)?.persistedAck,
  ),
  counter('PutMedia.ErrorAckCount', 'ERROR acknowledgements', (stream) => media(stream)?.errorAcks),
  counter('PutMedia.Success', 'Fragments that were written', (stream) => media(stream)?.succeeded, 'sum'),
  counter(
    'PutMedia.Success',
    'Fragments that were written, or failed',
    (stream) => {
      const counts = media(stream);
      return counts && counts.succeeded + counts.failed;
    },
    'count',
  ),
];

/** Nothing for a stream that was never read. */
const read = (value: number): number | undefined => (value === 0 ? undefined : value);

const HELD: readonly Family[] = [
  counter('ArchivedFragmentsConsumed.Media', 'Archived fragments whose media was read', ({ countsSoFar }) =>
    read(countsSoFar?.mediaRead ?? 0),
  ),
  counter('ArchivedFragmentsConsumed.Metadata', 'Archived fragments that were listed', ({ countsSoFar }) =>
    read(countsSoFar?.metadataRead ?? 0),
  ),
  gauge('Fragments', 'Fragments that a stream has', ({ fragments }) => fragments.held.fragments),
  gauge('Held', 'Bytes of the fragments that a stream has', ({ fragments }) => fragments.held.bytes, '_bytes'),
];

/** Everything that is told by stream: CloudWatch's metrics, and what a stream holds. */
export const families: readonly Family[] = [...COUNTED_APIS.flatMap(ofApi), ...INCOMING, ...HELD];
