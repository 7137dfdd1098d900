import { takeSliced, turn } from '../../runtime/slices.ts';
import type { Fragment } from './fragment.ts';
import type { TimeAxis } from './fragmentIndex.ts';
import type { FragmentLog } from './fragmentLog.ts';
import { compareNumbers } from './fragmentNumbers.ts';

/** Fragments whose start lies in the range, both ends included. Milliseconds since the epoch. */
export interface FragmentRange {
  readonly axis: TimeAxis;
  readonly start: number;
  readonly end: number;
}

/**
 * The range as whoever asks for it at `now` means it. One of server time that is not over yet takes in all that has come,
 * also what was given a time ahead of the clock.
 */
export const rangeAt = (now: number, log: FragmentLog, range: FragmentRange): FragmentRange =>
  range.axis === 'producerTime' || range.end < now
    ? range
    : { ...range, end: Math.max(range.end, log.latestServerTime) };

/** A pause in ingestion this long makes what follows another recording of the same time. */
const COLLECTION_GAP_MS = 24 * 3_600_000;

/** What of a time that was recorded more than once is to be taken. */
export interface Recording {
  /** Nothing with a greater number is; undefined if what was sent in order need not be looked through for that. */
  readonly newest: string | undefined;
}

/** To be found once for whatever is selected at one moment: it may mean looking at all of the range. */
export async function oldestRecording(log: FragmentLog, range: FragmentRange): Promise<Recording> {
  const all = range.axis === 'serverTime' || log.recordedInOrder;
  return { newest: all ? undefined : await lastOfOldestRecording(log, range) };
}

/** The first `count` of what `selected` selects. */
export async function select(
  log: FragmentLog,
  range: FragmentRange,
  count: number,
  { behind, recording }: { behind?: Fragment | undefined; recording?: Recording } = {},
): Promise<Fragment[]> {
  return takeSliced(selected(log, range, recording ?? (await oldestRecording(log, range)), behind), count);
}

/**
 * The archived fragments of a range as playback takes them, ascending by their start. By producer time: of several
 * with the same start the one ingested last, and of a time that was recorded again much later the oldest recording.
 * Undefined among them is a turn for others.
 * @param behind goes on after this fragment
 */
export function* selected(
  log: FragmentLog,
  range: FragmentRange,
  { newest }: Recording,
  behind?: Fragment,
): Generator<Fragment | undefined> {
  const { axis, start, end } = range;
  const place = behind && { time: behind[axis], number: behind.number };
  if (axis === 'serverTime') {
    yield* log.archived(axis, start, end, place);
    return;
  }
  let previous = behind;
  let candidate: Fragment | undefined;
  for (const fragment of log.archived(axis, start, end, place)) {
    if (fragment === undefined) {
      yield undefined;
      continue;
    }
    if (newest !== undefined && compareNumbers(fragment.number, newest) > 0) continue;
    if (fragment.producerTime === behind?.producerTime) continue;
    if (newest === undefined && previous && fragment.serverTime - previous.serverTime > COLLECTION_GAP_MS) break;
    previous = fragment;
    // Ascending by number among those of one start: the last of them is the one to keep.
    if (candidate && candidate.producerTime !== fragment.producerTime) yield candidate;
    candidate = fragment;
  }
  if (candidate) yield candidate;
}

/** The last number before the first long pause in ingestion. Looks at all of the range: it was not sent in order. */
async function lastOfOldestRecording(
  log: FragmentLog,
  { axis, start, end }: FragmentRange,
): Promise<string | undefined> {
  // Two with a pause between them never share a window, so of each window the first and the last are enough.
  const windows = new Map<number, { first: Fragment; last: Fragment }>();
  for (const fragment of log.archived(axis, start, end)) {
    if (fragment === undefined) {
      await turn();
      continue;
    }
    const at = Math.floor(fragment.serverTime / COLLECTION_GAP_MS);
    const window = windows.get(at);
    if (window === undefined) windows.set(at, { first: fragment, last: fragment });
    else if (fragment.serverTime < window.first.serverTime) window.first = fragment;
    else if (fragment.serverTime > window.last.serverTime) window.last = fragment;
  }
  let newest: Fragment | undefined;
  for (const [, { first, last }] of [...windows].sort(([a], [b]) => a - b)) {
    if (newest && first.serverTime - newest.serverTime > COLLECTION_GAP_MS) break;
    newest = last;
  }
  return newest?.number;
}
