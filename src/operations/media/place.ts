// Media of the past: a recording is put into a stream as if it had come when it was made, checks and all.

import type { FragmentSpec } from '../../domain/fragments/begunFragment.ts';
import type { Fragment, FragmentHome } from '../../domain/fragments/fragment.ts';
import type { FragmentLog } from '../../domain/fragments/fragmentLog.ts';
import type { IngestFragments } from '../../domain/fragments/ingest.ts';
import { MediaCounts } from '../../domain/metrics/counts.ts';
import { accountRoot } from '../../domain/resources/scope.ts';
import type { Stream } from '../../domain/streams/stream.ts';
import type { Room } from '../../runtime/room.ts';
import { toIso } from '../../runtime/time.ts';
import { PlaceError, type PlaceServices, pass } from './pass.ts';

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
