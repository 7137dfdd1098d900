import type { Fragment } from '../domain/fragments/fragment.ts';
import type { HeldDataKey } from '../domain/keys/streamKeys.ts';
import { partitionOf, type Scope } from '../domain/resources/scope.ts';
import type { Session } from '../domain/sessions/session.ts';
import type { Stream } from '../domain/streams/stream.ts';
import { toIso } from '../runtime/time.ts';
import type { LimitGauge } from './gauges.ts';
import type { SentAck } from './requestEntry.ts';

/** A stream from within. What is not known, or not yet, is null. */
export interface StreamView extends Scope {
  readonly name: string;
  readonly arn: string;
  readonly status: string;
  /** How many there are, open ones among them. */
  readonly fragments: number;
  /** Bytes of media. */
  readonly bytesHeld: number;
  /** Server timestamps of the first fragment and of the last. */
  readonly oldest: string | null;
  readonly newest: string | null;
  /** How many send to it, and how many are being sent it by GetMedia. */
  readonly producers: number;
  readonly readers: number;
  readonly shards: number;
  readonly keyArn: string;
  /** The acknowledgement last sent to any of its producers. */
  readonly lastAck: SentAck | null;
}

/** The same, and who is connected. */
export interface StreamDetails extends StreamView {
  readonly connections: readonly {
    readonly side: 'producer' | 'reader';
    readonly operation: string;
    readonly requestId: string;
    readonly principal: string;
    readonly since: string;
  }[];
  /** Of playback. */
  readonly sessions: readonly { readonly protocol: 'HLS' | 'DASH'; readonly mode: string; readonly expires: string }[];
  /** In the clear for now, to seal with or to open. */
  readonly dataKeys: readonly HeldDataKey[];
  /** What is left of its limits; none while nothing is limited. */
  readonly gauges: readonly LimitGauge[];
}

/** A fragment from within. */
export interface FragmentView {
  readonly number: string;
  readonly serverTime: string;
  readonly producerTime: string;
  /** From the first frame to the last. */
  readonly lengthMs: number;
  readonly bytes: number;
  readonly state: 'open' | 'complete' | 'persisted';
  readonly tracks: readonly { readonly number: number; readonly codec: string }[];
  /** Its metadata. */
  readonly tags: Readonly<Record<string, string>>;
  readonly frames: number;
}

/** What is in a fragment, for whoever can read it. */
export interface Inside {
  tracks(fragment: Fragment): FragmentView['tracks'];
  /** None of a fragment that cannot be read. */
  tags(stream: Stream, fragment: Fragment): Promise<FragmentView['tags']>;
  /**
   * A document of its own, as GetMediaForFragmentList gives it; undefined if it turns out to be gone. Rejects with a
   * StoreError if its key may not be used.
   */
  document(stream: Stream, fragment: Fragment): Promise<Uint8Array | undefined>;
}

/** A key is named by its ARN, its id or an alias. */
const keyArnOf = ({ account, region }: Scope, id: string): string => {
  if (id.startsWith('arn:')) return id;
  return `arn:${partitionOf(region)}:kms:${region}:${account}:${id.startsWith('alias/') ? id : `key/${id}`}`;
};

const timeOf = (fragment: Fragment | undefined): string | null => (fragment ? toIso(fragment.serverTime) : null);

export function streamView({ record, fragments, connections, lastAck }: Stream, shards: number): StreamView {
  const { name, arn, status, scope, kmsKeyId } = record;
  const { fragments: count, bytes } = fragments.held;
  const { oldest, newest } = fragments.ends();
  return {
    ...{ name, account: scope.account, region: scope.region, arn, status },
    ...{ fragments: count, bytesHeld: bytes, oldest: timeOf(oldest), newest: timeOf(newest) },
    producers: connections.count('producer'),
    readers: connections.count('reader'),
    shards,
    keyArn: keyArnOf(scope, kmsKeyId),
    lastAck: lastAck === undefined ? null : JSON.parse(lastAck),
  };
}

/** What else is known of a stream. */
interface Rest extends Pick<StreamDetails, 'shards' | 'dataKeys' | 'gauges'> {
  readonly sessions: readonly Session[];
}

export const streamDetails = (stream: Stream, { sessions, shards, dataKeys, gauges }: Rest): StreamDetails => ({
  ...streamView(stream, shards),
  connections: stream.connections.list().map(({ side, operation, requestId, principal, since }) => ({
    ...{ side, operation, requestId, principal, since: toIso(since) },
  })),
  sessions: sessions.map(({ settings: { protocol, mode }, expiresAt }) => ({
    ...{ protocol, mode, expires: toIso(expiresAt) },
  })),
  dataKeys,
  gauges,
});

export async function fragmentView(stream: Stream, fragment: Fragment, inside: Inside): Promise<FragmentView> {
  const { number, serverTime, producerTime, lengthMs, size, frames } = fragment;
  return {
    ...{ number, serverTime: toIso(serverTime), producerTime: toIso(producerTime), lengthMs, bytes: size },
    state: fragment.persisted ? 'persisted' : fragment.state === 'open' ? 'open' : 'complete',
    tracks: inside.tracks(fragment),
    tags: await inside.tags(stream, fragment),
    frames,
  };
}
