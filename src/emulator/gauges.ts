import type { Channels } from '../domain/channels/channels.ts';
import type { Bucket } from '../domain/limits/bucket.ts';
import type { Connections } from '../domain/limits/connections.ts';
import type { Limited } from '../domain/limits/limits.ts';
import type { LimitName } from '../domain/limits/limitTable.ts';
import type { Throttle } from '../domain/limits/throttle.ts';
import { isIn, type Scope, type Where } from '../domain/resources/scope.ts';
import type { Sessions } from '../domain/sessions/sessions.ts';
import type { Stream } from '../domain/streams/stream.ts';
import type { Streams } from '../domain/streams/streams.ts';
import { LATEST, toIso } from '../runtime/time.ts';

/** A bucket, or the connections of an operation: how much there may be, how much is left, and what became of those who asked. */
export interface LimitGauge extends Scope {
  readonly name: string;
  readonly stream: string | null;
  readonly channel: string | null;
  /** Which one it is of, from 0; null if it is of all. */
  readonly shard: number | null;
  /** Of a playback session, which has one for each kind of request. */
  readonly operation: string | null;
  readonly limit: number;
  /** Debt below nothing. */
  readonly level: number;
  readonly admitted: number;
  readonly refused: number;
  /** When one more would pass; null if it would now, or nobody knows. */
  readonly passesAt: string | null;
}

export interface GaugeParts {
  readonly throttle: Throttle;
  readonly connections: Connections;
  readonly streams: Pick<Streams, 'all' | 'traces'>;
  readonly channels: Pick<Channels, 'all'>;
  readonly sessions: Pick<Sessions, 'all'>;
}

const NONE = Number.POSITIVE_INFINITY;
const NOBODY = { stream: null, channel: null, shard: null, operation: null } as const;

/** All there are of an account and region: those of accounts, then those of streams, sessions, readers and channels. */
export function* gaugesOf(parts: GaugeParts, which: Where): Generator<LimitGauge> {
  const { throttle, streams, channels } = parts;
  for (const scope of throttle.accounts(which)) {
    for (const { name, bucket } of throttle.of(scope)) {
      yield* gauge(throttle, bucket, throttle.limits.of(name, scope), { ...scope, ...NOBODY, name });
    }
  }
  for (const stream of streams.all(which)) yield* ofStream(parts, stream);
  yield* ofBodies(parts, ({ record }) => isIn(which, record.scope));
  for (const channel of channels.all(which)) {
    const of = { ...channel.record.scope, ...NOBODY, channel: channel.record.name };
    for (const { name, bucket } of throttle.of(channel)) {
      yield* gauge(throttle, bucket, throttle.limits.of(name, channel), { ...of, name });
    }
  }
}

export function* gaugesOfStream(parts: GaugeParts, stream: Stream): Generator<LimitGauge> {
  yield* ofStream(parts, stream);
  yield* ofBodies(parts, (one) => one === stream);
}

function* ofStream({ throttle, connections }: GaugeParts, stream: Stream): Generator<LimitGauge> {
  const { limits } = throttle;
  const of = { ...stream.record.scope, ...NOBODY, stream: stream.record.name };
  for (const { name, part, bucket } of throttle.of(stream)) {
    const shard = part === undefined ? null : Number(part);
    const [shards, pooled] = [limits.shards(stream), limits.of('shards.pooled', stream) === 1];
    const several = name.startsWith('shard.');
    const one = several && !pooled && name !== 'shard.readTransactions';
    // Of shards that there are no more, or that have been pooled since.
    if ((shard !== null) !== one || (shard ?? 0) >= shards) continue;
    const limit = limits.of(name, stream) * (several && !one ? shards : 1);
    yield* gauge(throttle, bucket, limit, { ...of, name, shard });
  }
  for (const { operation, open, admitted, refused } of connections.of(stream)) {
    const name: LimitName = `${operation}.connections`;
    const limit = limits.of(name, stream);
    if (limit !== NONE) yield { ...of, name, limit, level: limit - open, admitted, refused, passesAt: null };
  }
}

/** What belongs to single sessions and readers. */
function* ofBodies({ throttle, sessions }: GaugeParts, wanted: (stream: Stream) => boolean): Generator<LimitGauge> {
  for (const owner of [...sessions.all(), ...throttle.watched()]) {
    const stream = owner.stream as Stream;
    if (!wanted(stream)) continue;
    for (const { name, part: operation = null, bucket } of throttle.of(owner)) {
      const of = { ...stream.record.scope, ...NOBODY, stream: stream.record.name, name, operation };
      yield* gauge(throttle, bucket, throttle.limits.of(name, stream as Limited), of);
    }
  }
}

type Of = Omit<LimitGauge, 'limit' | 'level' | 'admitted' | 'refused' | 'passesAt'>;

function* gauge({ clock }: Throttle, bucket: Bucket, limit: number, of: Of): Generator<LimitGauge> {
  if (limit === NONE) return;
  const now = clock.now();
  bucket.bound(limit, now);
  const passesAt = bucket.has(1, now) ? undefined : bucket.passesAt(1, now);
  const { admitted, refused } = bucket;
  yield {
    ...of,
    ...{ limit, level: Math.round(bucket.level(now) * 1000) / 1000, admitted, refused },
    passesAt: passesAt === undefined ? null : toIso(Math.min(passesAt, LATEST)),
  };
}
