import type { Delivered, JournalEntry, Warning } from '../domain/journal/journal.ts';
import { toldThrottled } from '../domain/limits/throttle.ts';
import { toIso } from '../runtime/time.ts';

/** An acknowledgement of PutMedia, as it was sent. */
export interface SentAck {
  readonly EventType: string;
  readonly FragmentTimecode?: number;
  readonly FragmentNumber?: string;
  readonly ErrorId?: number;
  readonly ErrorCode?: string;
}

/** A decision of policies, and where the statement stands that made it: nowhere if none allows. */
export interface AccessView {
  readonly decision: 'allow' | 'explicitDeny' | 'implicitDeny';
  readonly action: string;
  /** `identity`, `boundary` or `session`. */
  readonly source: string;
  readonly policy: number | null;
  readonly statement: number | null;
  readonly sid: string | null;
}

/** Which limit it was, what that would have cost, what was left, and when it would have passed; null if nobody knows. */
export interface ThrottledEntry {
  readonly limit: string;
  readonly cost: number;
  readonly level: number;
  /** ISO 8601, UTC, with milliseconds. */
  readonly passesAt: string | null;
}

/** One request and what became of it. What is not known, or not yet, is null. */
export interface RequestEntry {
  readonly requestId: string;
  /** The emulator's time when it arrived: ISO 8601, UTC, with milliseconds. */
  readonly time: string;
  readonly method: string;
  readonly path: string;
  /** Null for a path that is no operation. */
  readonly operation: string | null;
  /** Name of the stream it is about, there or not. */
  readonly stream: string | null;
  readonly channel: string | null;
  readonly account: string;
  readonly region: string;
  /** Who signed it. Null where no signature is verified, or it was not good. */
  readonly principal: string | null;
  /** Null until the answer has begun. */
  readonly status: number | null;
  readonly error: string | null;
  /** What policies said to it. Null where they are not asked. */
  readonly access: AccessView | null;
  /** Real time until it was over. */
  readonly ms: number | null;
  /** Bytes of the bodies. */
  readonly bytesIn: number | null;
  readonly bytesOut: number | null;
  /** What works here and would not on AWS. One of each kind at most. */
  readonly warnings: readonly Readonly<Warning>[];
  /** The limit that refused it, or held it back first. */
  readonly throttled: ThrottledEntry | null;
  /** Ids of the faults that met it. */
  readonly faults: readonly string[];
  /** The last 100 acknowledgements sent. */
  readonly acks: readonly SentAck[];
  /** The last 100 notifications and pictures that its fragments asked for, as they were delivered to whoever is to have them. */
  readonly delivered: readonly Delivered[];
}

function accessView(access: JournalEntry['access']): AccessView | null {
  if (access === undefined) return null;
  const { decision, action, source, by } = access;
  const { policy = null, statement = null, sid = null } = by ?? {};
  return { decision, action, source, policy, statement, sid };
}

/** A request as it is told, on every face. */
export function requestEntry(entry: JournalEntry): RequestEntry {
  const { requestId, time, method, path, operation, resource, names, account, region, status, error, access, took } =
    entry;
  const lines = entry.acks.slice();
  let acks: SentAck[] | undefined;
  return {
    requestId,
    time: toIso(time),
    method,
    path,
    operation: operation ?? null,
    stream: names === 'stream' ? (resource ?? null) : null,
    channel: names === 'channel' ? (resource ?? null) : null,
    account,
    region,
    principal: entry.principal ?? null,
    status: status ?? null,
    error: error ?? null,
    access: accessView(access),
    ms: took?.ms ?? null,
    bytesIn: took?.bytesIn ?? null,
    bytesOut: took?.bytesOut ?? null,
    warnings: entry.warnings.map((warning) => ({ ...warning })),
    throttled: entry.throttled === undefined ? null : toldThrottled(entry.throttled),
    faults: entry.faults ?? [],
    // Read only where somebody looks: of a thousand uploads there are a hundred thousand.
    get acks() {
      acks ??= lines.map((line) => JSON.parse(line) as SentAck);
      return acks;
    },
    delivered: (entry.delivered ?? []).map((line) => JSON.parse(line) as Delivered),
  };
}
