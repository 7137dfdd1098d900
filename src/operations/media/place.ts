// Media of the past: a recording is put into a stream as if it had come when it was made, checks and all.

import type { Ack } from '../../domain/fragments/acks.ts';
import type { FragmentSpec } from '../../domain/fragments/begunFragment.ts';
import type { Fragment, FragmentHome } from '../../domain/fragments/fragment.ts';
import type { FragmentLog } from '../../domain/fragments/fragmentLog.ts';
import { END_OF_FRAGMENT, type IngestFragments, IngestSession } from '../../domain/fragments/ingest.ts';
import { ackOfFailure, IngestError } from '../../domain/fragments/ingestError.ts';
import { SessionChecks } from '../../domain/fragments/sessionChecks.ts';
import { MediaCounts } from '../../domain/metrics/counts.ts';
import { StoreError } from '../../domain/ports.ts';
import { accountRoot } from '../../domain/resources/scope.ts';
import type { Stream } from '../../domain/streams/stream.ts';
import { MatroskaError } from '../../media/matroska/error.ts';
import { Extent } from '../../media/matroska/extent.ts';
import type { MatroskaHandler } from '../../media/matroska/handler.ts';
import { MatroskaReader } from '../../media/matroska/reader.ts';
import { tracksSeen } from '../../packaging/tracksSeen.ts';
import type { Clock } from '../../runtime/clock.ts';
import { giveWay } from '../../runtime/giveWay.ts';
import type { Log } from '../../runtime/log.ts';
import type { Room } from '../../runtime/room.ts';
import { toIso } from '../../runtime/time.ts';

/** Where media goes, in ms since the epoch. */
export interface Placing {
  /** The date of the media’s time 0. */
  readonly start: number;
  /** How often it is placed, one after the other. */
  readonly loop: number;
  /** No fragment begins then or later; the media is repeated up to there. */
  readonly until: number | undefined;
}

export interface Placed {
  /** That are there, and that were over at once since the retention is shorter. */
  readonly fragments: number;
  readonly expired: number;
  readonly warnings: readonly { readonly difference: string; readonly text: string }[];
}

export interface PlaceServices {
  readonly clock: Clock;
  readonly log: Log;
  readonly strict: boolean;
}

/** What PutMedia would refuse, or what has no place in the past. Nothing is kept. */
class PlaceError extends Error {}

/** Bytes that are read between two looks at others. */
const STEP = 65_536;
/** So many fragments may wait for the store. */
const MOST_WAITING = 4;

const OVER = Symbol('what follows begins too late');

/** What the emulator's own API needs of all this. */
export const placingOf = (services: PlaceServices, room: Room) => ({
  room,
  place: (stream: Stream, placing: Placing, pieces: readonly Uint8Array[], signal: AbortSignal) =>
    place(services, stream, placing, pieces, signal),
  isRefusal: (error: unknown): error is Error => error instanceof PlaceError,
});

/** @throws PlaceError */
async function place(
  services: PlaceServices,
  stream: Stream,
  { start, loop, until }: Placing,
  pieces: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<Placed> {
  const { fragments } = stream;
  const writer = accountRoot(stream.record.scope);
  const now = services.clock.now();
  const warnings = new Map<string, string>();
  const rehearsal = new Rehearsal(fragments);
  const seen = await pass(services, rehearsal, { start, until: undefined, writer, warnings }, pieces);
  const { first, durationMs } = seen;
  if (first === undefined) throw new PlaceError('There is no fragment in it.');
  const latest = fragments.latestServerTime;
  if (first <= latest) {
    throw new PlaceError(`It begins at ${shown(first)}, and the stream has come to ${shown(latest)} already.`);
  }
  const end = until ?? start + (loop - 1) * durationMs + (seen.last - start);
  if (end > now) throw new PlaceError(`It goes on until ${shown(end)}, and the emulator’s clock is at ${shown(now)}.`);
  const numbers: string[] = [];
  try {
    for (let at = start, left = loop; left > 0; left -= until === undefined ? 1 : 0, at += durationMs) {
      if (until !== undefined && first - start + at >= until) break;
      if (signal.aborted) throw new PlaceError('Nobody waits for it any more.');
      await pass(services, fragments, { start: at, until, writer, warnings: new Map(), numbers }, pieces);
    }
  } catch (error) {
    for (const number of numbers) {
      const fragment = fragments.fragment(number);
      if (fragment !== undefined) fragments.fail(fragment);
    }
    throw error;
  }
  const kept = numbers.filter((number) => fragments.fragment(number) !== undefined).length;
  return {
    fragments: kept,
    expired: numbers.length - kept,
    warnings: [...warnings].map(([difference, text]) => ({ difference, text })),
  };
}

const shown = (ms: number): string => toIso(ms);

interface PassWanted extends Pick<Placing, 'start' | 'until'> {
  /** Who is taken for the one who sends it: the ARN of a principal. */
  readonly writer: string;
  readonly warnings: Map<string, string>;
  /** Of fragments that have begun. */
  readonly numbers?: string[];
}

/** One time through the recording. */
async function pass(
  { clock, log, strict }: PlaceServices,
  fragments: IngestFragments,
  { start, until, writer, warnings, numbers }: PassWanted,
  pieces: readonly Uint8Array[],
): Promise<{ first: number | undefined; last: number; durationMs: number }> {
  let failure: string | undefined;
  const emit = ({ event, error, fragment }: Ack): void => {
    if (event === 'BUFFERING' && fragment !== undefined) numbers?.push(fragment.number);
    if (event === 'ERROR') failure ??= error;
  };
  // What is said of a producer's session is said in the answer.
  const quiet: Log = { ...log, warn: () => undefined };
  const warn = (difference: string, text: string): void => void warnings.set(difference, text);
  const newestHeader = () => undefined;
  const checks = new SessionChecks({ strict, absolute: false, log: quiet, inspect: tracksSeen, newestHeader, warn });
  const session = new IngestSession({ fragments, clock, log: quiet, emit, checks, placed: true, writer }, start);
  const extent = new Extent();
  let [tickMs, base, first, last] = [1, 0, undefined as number | undefined, start];
  const handler: MatroskaHandler = {
    header(header) {
      tickMs = Number(header.timestampScale) / 1e6;
      session.header(header);
    },
    cluster: () => session.cluster(),
    timestamp(ticks) {
      base = Number(ticks) * tickMs;
      const time = start + Math.floor(base);
      if (until !== undefined && time >= until) throw OVER;
      first ??= time;
      last = time;
      session.timestamp(ticks);
    },
    block(block) {
      extent.add(block.track, base + block.time * tickMs);
      session.block(block);
    },
    delta: (block) => session.delta(block),
    tags: (tags) => session.tags(tags),
    signal: () => session.signal(),
    documentEnd: () => session.documentEnd(),
    bytes: (piece) => session.bytes(piece),
  };
  const reader = new MatroskaReader(handler, { signal: END_OF_FRAGMENT });
  try {
    for (const piece of pieces) {
      for (let at = 0; at < piece.length; at += STEP) {
        const part = piece.subarray(at, at + STEP);
        reader.push(part);
        if (session.keyless !== undefined) await session.keyless;
        if (session.backlog > MOST_WAITING) await session.stored();
        const turn = giveWay(part.length);
        if (turn !== undefined) await turn;
      }
    }
    reader.end();
    session.end();
  } catch (error) {
    session.giveUp('');
    if (error !== OVER) failure ??= reasonOf(error);
  }
  await session.stored();
  checks.finish();
  if (failure !== undefined) throw new PlaceError(`PutMedia would refuse it: ${failure}.`);
  return { first, last, durationMs: extent.durationMs };
}

function reasonOf(error: unknown): string {
  if (error instanceof IngestError) return `${error.ack}, ${error.message}`;
  if (error instanceof MatroskaError) return `INVALID_MKV_DATA, ${error.message}`;
  if (error instanceof StoreError && error.kind === 'sealed') return `${ackOfFailure(error)}, ${error.message}`;
  throw error;
}

/** Takes fragments as a stream does, and keeps none: what is wrong with a recording shows before any of it is placed. */
class Rehearsal implements IngestFragments {
  readonly limit: IngestFragments['limit'];
  readonly counts = new MediaCounts();
  readonly #home: FragmentHome;
  #count = 0;

  constructor({ limit, shelf }: Pick<FragmentLog, 'limit' | 'shelf'>) {
    this.limit = limit;
    this.#home = { shelf, lost: () => undefined, clear: { enter: () => undefined, leave: () => undefined } };
  }

  open(_session: unknown, { begunAt, ...spec }: FragmentSpec): Fragment {
    this.#count += 1;
    return {
      ...spec,
      number: String(this.#count),
      begunAt: begunAt ?? 0,
      serverTime: begunAt ?? 0,
      leadingSize: spec.leading.length,
      home: this.#home,
      state: 'open',
      sealed: false,
      persisted: false,
      keptAt: 0,
      draft: undefined,
      payload: undefined,
      size: 0,
      lengthMs: 0,
      frames: 0,
    };
  }

  append(fragment: Fragment, piece: Uint8Array): boolean {
    fragment.size += piece.length;
    return true;
  }

  secured(): undefined {}

  complete(): Promise<boolean> {
    return Promise.resolve(true);
  }

  fail(): void {}
}
