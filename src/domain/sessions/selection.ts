import type { Fragment } from '../fragments/fragment.ts';
import type { TimeAxis } from '../fragments/fragmentIndex.ts';
import type { FragmentLog } from '../fragments/fragmentLog.ts';
import { compareNumbers } from '../fragments/fragmentNumbers.ts';

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

/**
 * The archived fragments of a range as playback takes them, ascending by their start. By producer time: of several
 * with the same start the one ingested last, and of a time that was recorded again much later the oldest recording.
 * @param behind goes on after this fragment
 */
export function* select(log: FragmentLog, range: FragmentRange, behind?: Fragment): Generator<Fragment> {
  const { axis, start, end } = range;
  const place = behind && { time: behind[axis], number: behind.number };
  if (axis === 'serverTime') {
    yield* log.archived(axis, start, end, place);
    return;
  }
  const newest = log.recordedInOrder ? undefined : lastOfOldestRecording(log, range);
  let previous = behind;
  let candidate: Fragment | undefined;
  for (const fragment of log.archived(axis, start, end, place)) {
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
function lastOfOldestRecording(log: FragmentLog, { axis, start, end }: FragmentRange): string | undefined {
  const all = [...log.archived(axis, start, end)].sort((a, b) => compareNumbers(a.number, b.number));
  let last: Fragment | undefined;
  for (const fragment of all) {
    if (last && fragment.serverTime - last.serverTime > COLLECTION_GAP_MS) break;
    last = fragment;
  }
  return last?.number;
}
