import { serviceError } from '../../protocol/errors.ts';
import { sliceOver, turn } from '../../runtime/slices.ts';
import type { Fragment } from '../fragments/fragment.ts';
import type { TimeAxis } from '../fragments/fragmentIndex.ts';
import type { FragmentLog } from '../fragments/fragmentLog.ts';
import { compareNumbers } from '../fragments/fragmentNumbers.ts';
import { durationMs, type FragmentMedia } from '../fragments/media.ts';
import { type FragmentRange, oldestRecording, rangeAt, select } from '../fragments/selection.ts';

/** A fragment that joins a session's list. */
export interface Arrival {
  readonly fragment: Fragment;
  readonly media: FragmentMedia;
  readonly availableAt: number;
}

/** Tells what of a fragment can be played; undefined if it is to be left out. */
type Inspect = (fragment: Fragment) => Promise<FragmentMedia | undefined>;

/** Where a session's fragments come from: each call gives those that have joined since the one before. */
export interface FragmentSource {
  next(now: number, inspect: Inspect): Promise<{ arrivals: Arrival[]; complete: boolean }>;
}

/** When the last of a fragment came, as far as its producer sends in real time. */
const arrivedAt = (fragment: Fragment): number => fragment.begunAt + fragment.lengthMs;

async function arrivals(fragments: readonly Fragment[], inspect: Inspect): Promise<Arrival[]> {
  const found: Arrival[] = [];
  for (const fragment of fragments) {
    const media = await inspect(fragment);
    if (media !== undefined) found.push({ fragment, media, availableAt: arrivedAt(fragment) });
    if (sliceOver()) await turn();
  }
  return found;
}

/** The newest fragments by ingestion, and then whatever is newer than those. */
export class LiveSource implements FragmentSource {
  readonly #log: FragmentLog;
  readonly #axis: TimeAxis;
  readonly #max: number;
  readonly #liveMs: number;
  #last: Fragment | undefined;
  /** Producer times that are listed: a second fragment of the same time is not. Bounded like the window. */
  readonly #listed = new Set<number>();

  constructor(log: FragmentLog, { axis, max, liveMs }: { axis: TimeAxis; max: number; liveMs: number }) {
    this.#log = log;
    this.#axis = axis;
    this.#max = max;
    this.#liveMs = liveMs;
  }

  async next(now: number, inspect: Inspect): Promise<{ arrivals: Arrival[]; complete: boolean }> {
    const fresh = await newestFragments(this.#log, now, { max: this.#max, liveMs: this.#liveMs, behind: this.#last });
    this.#last = fresh.at(-1) ?? this.#last;
    return { arrivals: await arrivals(this.#deduplicated(fresh), inspect), complete: false };
  }

  #deduplicated(fresh: Fragment[]): Fragment[] {
    if (this.#axis === 'serverTime') return fresh;
    const newest = new Map(fresh.map((fragment) => [fragment.producerTime, fragment]));
    const kept = fresh.filter(
      (fragment) => newest.get(fragment.producerTime) === fragment && !this.#listed.has(fragment.producerTime),
    );
    for (const { producerTime } of kept) this.#listed.add(producerTime);
    for (const time of this.#listed) {
      if (this.#listed.size <= this.#max) break;
      this.#listed.delete(time);
    }
    return kept;
  }
}

/**
 * The newest archived fragments of a live stream, ascending, at most `max`, none up to `behind`.
 * @throws ResourceNotFoundException if nothing has come for `liveMs`
 */
export async function newestFragments(
  log: FragmentLog,
  now: number,
  { max, liveMs, behind }: { max: number; liveMs: number; behind?: Fragment | undefined },
): Promise<Fragment[]> {
  let found: Fragment[] = [];
  let newest: Fragment | undefined;
  for (const fragment of log.newestFirst()) {
    if (fragment === undefined) {
      await turn();
      continue;
    }
    newest ??= fragment;
    if (behind !== undefined && compareNumbers(fragment.number, behind.number) <= 0) break;
    // Still on its way into the store, or the lists. What came after it has to wait, or it would never be listed.
    if (!log.lists(fragment)) found = [];
    else if (found.push(fragment) >= max) break;
  }
  if (newest === undefined || arrivedAt(newest) + liveMs < now) {
    throw serviceError('noFragments', 'streaming');
  }
  return found.reverse();
}

/** What a session that is not LIVE was opened on. */
type SessionRange = FragmentRange & { readonly max: number; readonly createdAt: number };

/** The fragments of a range, once. */
export class RangeSource implements FragmentSource {
  readonly #log: FragmentLog;
  readonly #range: FragmentRange;
  readonly #max: number;
  #taken = false;

  constructor(log: FragmentLog, { max, createdAt, ...range }: SessionRange) {
    this.#log = log;
    this.#range = rangeAt(createdAt, log, range);
    this.#max = max;
  }

  async next(_now: number, inspect: Inspect): Promise<{ arrivals: Arrival[]; complete: boolean }> {
    if (this.#taken) return { arrivals: [], complete: true };
    const found = await arrivals(await select(this.#log, this.#range, this.#max), inspect);
    this.#taken = true;
    return { arrivals: found, complete: true };
  }
}

/** A range as if it were live: a listful at once, then one more each time the next one's duration has passed. */
export class ReplaySource implements FragmentSource {
  readonly #log: FragmentLog;
  readonly #range: FragmentRange;
  /** The range as far as it has come to reach. */
  #reach: FragmentRange;
  /** How many of the first listful are still to come. */
  #atOnce: number;
  /** When the last paced fragment joined. */
  #pacedTo: number;
  #last: Fragment | undefined;

  constructor(log: FragmentLog, { max, createdAt, ...range }: SessionRange) {
    this.#log = log;
    this.#range = range;
    this.#reach = rangeAt(createdAt, log, range);
    this.#atOnce = max;
    this.#pacedTo = createdAt;
  }

  async next(now: number, inspect: Inspect): Promise<{ arrivals: Arrival[]; complete: boolean }> {
    const found: Arrival[] = [];
    if (now <= this.#range.end) this.#reach = rangeAt(now, this.#log, this.#range);
    const recording = await oldestRecording(this.#log, this.#reach);
    for (;;) {
      const count = Math.max(this.#atOnce, LOOK_AHEAD);
      const batch = await select(this.#log, this.#reach, count, { behind: this.#last, recording });
      if (batch.length === 0) return { arrivals: found, complete: now > this.#range.end && (await this.#hasAll()) };
      for (const fragment of batch) {
        const media = await inspect(fragment);
        if (media !== undefined) {
          const due = this.#due(fragment, media);
          if (due > now) return { arrivals: found, complete: false };
          this.#pacedTo = due;
          this.#atOnce -= 1;
          found.push({ fragment, media, availableAt: due });
        }
        this.#last = fragment;
        if (sliceOver()) await turn();
      }
    }
  }

  /** Nothing of the range is still on its way into the archive, or its lists, behind what has been listed. */
  async #hasAll(): Promise<boolean> {
    const [log, last] = [this.#log, this.#last];
    const { axis, start, end } = this.#range;
    for (const fragment of log.all(axis, start, end, last && { time: last[axis], number: last.number })) {
      if (fragment === undefined) await turn();
      else if (!log.lists(fragment)) return false;
    }
    return true;
  }

  #due(fragment: Fragment, { tracks: [track] }: FragmentMedia): number {
    if (this.#atOnce > 0) return this.#pacedTo;
    const length = track ? durationMs(track) : fragment.lengthMs;
    return Math.max(this.#pacedTo + length, arrivedAt(fragment));
  }
}

const LOOK_AHEAD = 16;
