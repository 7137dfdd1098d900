import type { Events, Happening } from '../domain/events/events.ts';
import type { Fragment } from '../domain/fragments/fragment.ts';
import type { Place } from '../domain/fragments/fragmentIndex.ts';
import { serverTimeIn } from '../domain/fragments/fragmentNumbers.ts';
import type { StreamKeys } from '../domain/keys/streamKeys.ts';
import type { Limits } from '../domain/limits/limits.ts';
import { StoreError } from '../domain/ports.ts';
import { isIn, type Scope } from '../domain/resources/scope.ts';
import type { Sessions } from '../domain/sessions/sessions.ts';
import type { Stream } from '../domain/streams/stream.ts';
import type { Streams } from '../domain/streams/streams.ts';
import { takeSliced } from '../runtime/slices.ts';
import { wallTimeout } from '../runtime/wall.ts';
import { ControlError } from './controlError.ts';
import { readControl } from './controlInput.ts';
import type { LimitGauge } from './gauges.ts';
import { pageOf, recordArn } from './lists.ts';
import { type Named, streamFinder } from './streamFinder.ts';
import {
  type DisconnectRequest,
  disconnectRequest,
  type FragmentsQuery,
  type FragmentWait,
  fragmentQuery,
  fragmentsQuery,
  MOST_FRAGMENTS,
  type StreamsQuery,
  type StreamWhere,
  streamQuery,
  streamsQuery,
  waitRequest,
} from './streamShapes.ts';
import {
  type FragmentView,
  fragmentView,
  type Inside,
  type StreamDetails,
  type StreamView,
  streamDetails,
  streamView,
} from './streamView.ts';

const DEFAULT_FRAGMENTS = 100;
const DEFAULT_WAIT_MS = 10_000;
/** So many may wait at once: each fragment that comes is shown to all of them. */
const MOST_WAITING = 100;

/** Streams from within, and what can be done to those who are connected to them. */
export interface EmulatorStreams {
  /** By ARN. `next` is to be given as `after` for what follows. */
  list(which?: StreamsQuery): { readonly streams: readonly StreamView[]; readonly next: string | null };
  get(name: string, where?: StreamWhere): StreamDetails;
  /** In order of time, 100 unless `limit` says otherwise. With `wait`, the answer is held until `count` are there for good. */
  fragments(
    name: string,
    query?: FragmentsQuery,
    signal?: AbortSignal,
  ): Promise<{ readonly fragments: readonly FragmentView[]; readonly next: string | null }>;
  /** One of them as a Matroska document of its own. */
  fragment(name: string, number: string, where?: StreamWhere): Promise<Uint8Array>;
  /**
   * Resolves to the first `count` (1) fragments that are there for good: in the archive, or whole in a stream that retains
   * nothing. The stream need not be there yet. Rejects with a ControlError if they do not come within `timeout` of real
   * time (10 s).
   */
  waitForFragments(name: string, count?: number, options?: FragmentWait): Promise<readonly FragmentView[]>;
  /** Ends producers, readers or both, as the service would. */
  disconnect(name: string, which?: DisconnectRequest): { readonly connections: number };
}

export interface StreamsParts {
  readonly streams: Streams;
  readonly sessions: Sessions;
  readonly events: Events;
  readonly inside: Inside;
  readonly limits: Pick<Limits, 'shards'>;
  readonly streamKeys: Pick<StreamKeys, 'of'>;
  /** Of its limits. */
  readonly gauges: (stream: Stream) => Iterable<LimitGauge>;
  /** Whose a stream is if it is not said. */
  readonly own: Scope;
  readonly stopped: AbortSignal;
}

export function streamsControl({
  streams,
  sessions,
  events,
  inside,
  own,
  stopped,
  ...rest
}: StreamsParts): EmulatorStreams {
  const { scopeOf, peek, find } = streamFinder(streams, own);
  let waiting = 0;

  /** Resolves once so many are there, or when the time is over. */
  async function settled(named: Named, wanted: number, ms: number, behind: string | undefined, signal: AbortSignal) {
    const there = async (): Promise<Fragment[]> => {
      const stream = peek(named);
      return stream === undefined ? [] : forGood(stream, wanted, behind);
    };
    if (waiting >= MOST_WAITING) {
      throw new ControlError(`${waiting} wait for fragments already.`, 'Wait for fewer.', undefined, 'busy');
    }
    waiting += 1;
    let wake = (): void => undefined;
    const state = { over: signal.aborted || ms === 0, changed: true };
    const scope = scopeOf(named);
    const unwatch = events.watch((happening) => {
      if (!isSettling(happening, scope, named.name)) return;
      state.changed = true;
      wake();
    });
    const end = (): void => {
      state.over = true;
      wake();
    };
    const cancel = wallTimeout(end, ms);
    signal.addEventListener('abort', end);
    try {
      for (;;) {
        state.changed = false;
        const found = await there();
        if (found.length >= wanted || state.over) return found;
        if (!state.changed) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      cancel();
      unwatch();
      signal.removeEventListener('abort', end);
      waiting -= 1;
    }
  }

  const viewed = async (stream: Stream, found: readonly Fragment[]): Promise<FragmentView[]> => {
    const views: FragmentView[] = [];
    for (const fragment of found) views.push(await fragmentView(stream, fragment, inside));
    return views;
  };

  return {
    list(which = {}) {
      const { after, limit, ...where } = readControl(streamsQuery, which);
      const all = [...streams.all()].filter(({ record }) => isIn(where, record.scope));
      const { page, next } = pageOf(all, recordArn, { after, limit });
      return { streams: page.map((stream) => streamView(stream, rest.limits.shards(stream))), next };
    },
    get(name, where = {}) {
      const stream = find(readControl(streamQuery, { name, ...where }));
      return streamDetails(stream, {
        sessions: sessions.of(stream),
        shards: rest.limits.shards(stream),
        dataKeys: [...rest.streamKeys.of(stream.record.arn)],
        gauges: [...rest.gauges(stream)],
      });
    },
    async fragments(name, query = {}, signal = stopped) {
      const { wait, count = 1, ...asked } = readControl(fragmentsQuery, { name, ...query });
      if (wait !== undefined) await settled(asked, count, wait, asked.after, signal);
      const { from = 0, to = Number.POSITIVE_INFINITY, limit = DEFAULT_FRAGMENTS, after } = asked;
      const stream = find(asked);
      const { fragments } = stream;
      const axis = asked.axis === 'producer' ? 'producerTime' : 'serverTime';
      const behind = after === undefined ? undefined : placeOf(after, fragments.fragment(after)?.[axis], axis);
      const page = await takeSliced(fragments.all(axis, from, to, behind), limit + 1);
      const more = page.length > limit;
      if (more) page.pop();
      return { fragments: await viewed(stream, page), next: more ? (page.at(-1)?.number ?? null) : null };
    },
    async fragment(name, number, where = {}) {
      const asked = readControl(fragmentQuery, { name, number, ...where });
      const stream = find(asked);
      const found = stream.fragments.fragment(asked.number);
      const document = found && (await inside.document(stream, found).catch(unreadable));
      if (document !== undefined) return document;
      const message = `The stream ${name} has no fragment ${asked.number.slice(0, 64)}.`;
      throw new ControlError(message, 'See GET /_kvs/streams/NAME/fragments.', undefined, 'missing');
    },
    async waitForFragments(name, count = 1, options = {}) {
      const { timeout = DEFAULT_WAIT_MS, ...asked } = readControl(waitRequest, { name, count, ...options });
      const found = await settled(asked, count, timeout, asked.after, stopped);
      if (found.length >= count) return viewed(find(asked), found);
      const when = stopped.aborted ? 'before the emulator stopped' : `within ${timeout} ms`;
      const message = `There were ${found.length} of ${count} fragments of ${name} ${when}.`;
      throw new ControlError(message, 'See streams.fragments(name).', undefined, 'late');
    },
    disconnect(name, which = {}) {
      const { which: side = 'both', ...asked } = readControl(disconnectRequest, { name, ...which });
      const { connections } = find(asked);
      const chosen = { producers: 'producer', readers: 'reader', both: undefined } as const;
      return { connections: connections.end(chosen[side]) };
    },
  };
}

function unreadable(error: unknown): never {
  if (!(error instanceof StoreError)) throw error;
  const hint = 'What is sealed is read with its key: see GET /_kvs/keys.';
  throw new ControlError(`The fragment cannot be read: ${error.message}`, hint, undefined, 'missing');
}

/** The first that will stay what they are. */
async function forGood({ fragments }: Stream, wanted: number, behind: string | undefined): Promise<Fragment[]> {
  const isArchive = fragments.retentionMs > 0;
  const place =
    behind === undefined ? undefined : placeOf(behind, fragments.fragment(behind)?.serverTime, 'serverTime');
  const found: Fragment[] = [];
  const all = await takeSliced(
    fragments.all('serverTime', 0, Number.POSITIVE_INFINITY, place),
    wanted + MOST_FRAGMENTS,
  );
  for (const one of all) {
    if (isArchive ? one.persisted : one.state === 'complete') found.push(one);
    if (found.length === wanted) break;
  }
  return found;
}

/** Behind that fragment, also if it has gone: its number says its server time. */
function placeOf(number: string, time: number | undefined, axis: 'serverTime' | 'producerTime'): Place {
  if (time !== undefined) return { time, number };
  if (axis === 'serverTime') return { time: serverTimeIn(number), number };
  throw new ControlError(
    `The fragment ${number.slice(0, 64)} has gone, and nobody knows any more what comes behind it.`,
    'Go on by "from", or by axis "server".',
    '/after',
    'missing',
  );
}

const isSettling = ({ type, data, whose }: Happening, scope: Scope, name: string): boolean =>
  type === 'fragment' &&
  (data.state === 'persisted' || data.state === 'received') &&
  whose.stream === name &&
  whose.account === scope.account &&
  whose.region === scope.region;
