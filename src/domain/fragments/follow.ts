import { type Clock, watchIdle } from '../../runtime/clock.ts';
import { type Reader, StoreError } from '../ports.ts';
import type { Fragment, Opened } from './fragment.ts';
import type { TimeAxis } from './fragmentIndex.ts';
import type { FragmentLog } from './fragmentLog.ts';
import { FragmentReader, type ReaderSession } from './fragmentReader.ts';

/** Where a reader begins. */
export type Start =
  /** With the fragment in progress, or else the next to begin. */
  | { readonly at: 'now' }
  | { readonly at: 'earliest' }
  /** With the first fragment whose number is greater. */
  | { readonly at: 'after'; readonly number: string }
  /** With the fragment that is or was current at that time, or else the first behind it. */
  | { readonly at: 'time'; readonly axis: TimeAxis; readonly time: number };

/** What stands in front of a fragment's bytes. */
export type Head = Omit<Opened, 'reading'>;

export type FollowEvent =
  | { readonly event: 'begin'; readonly fragment: Fragment; readonly head: Head }
  | { readonly event: 'end'; readonly fragment: Fragment }
  | { readonly event: 'bytes'; readonly bytes: Uint8Array }
  /** The fragment that has begun will not end; nothing follows. */
  | { readonly event: 'broken'; readonly fragment: Fragment }
  /** The next fragment may not be read; nothing follows. */
  | { readonly event: 'sealed'; readonly fragment: Fragment; readonly cause: StoreError };

/**
 * A stream's fragments in the order of their numbers, first those that are there, then those that come, while they
 * come. Ends when nothing has come for a while, when the session has lasted long enough, when the stream is deleted or
 * when `signal` is aborted. Holds little of what is gone, however slowly it is read, and breaks off rather than leave something out: `onOver` tells a reader that does
 * not ask for more that there will be none.
 */
export async function* follow(
  log: FragmentLog,
  start: Start,
  clock: Clock,
  signal: AbortSignal,
  who: Reader,
  onOver: () => void = () => undefined,
): AsyncGenerator<FollowEvent, void, undefined> {
  const session: ReaderSession = { reader: who };
  const over = new AbortController();
  const stop = (): void => over.abort();
  const timeIsOver = (): void => {
    stop();
    onOver();
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const cancelSession = clock.at(clock.now() + log.limit('GetMedia.duration'), timeIsOver);
  let waiting = false;
  // In the middle of a fragment it is the producer's silence that counts, and that ends it as broken.
  const idle = watchIdle(clock, log.limit('GetMedia.idle'), () => {
    if (waiting) timeIsOver();
  });
  const unwatch = (): void => {
    cancelSession();
    idle.stop();
  };
  // Whoever reads slowly has no more time, and nothing is timed any more.
  const forget = log.onDelete(() => {
    unwatch();
    timeIsOver();
  });
  try {
    const begin = start.at === 'time' ? await startAtTime(log, start) : startOf(log, start);
    let after = begin.after;
    while (!over.signal.aborted && !log.deleted) {
      const fragment = log.after(after);
      if (fragment === undefined) {
        waiting = true;
        await log.changed.wait(over.signal);
        waiting = false;
        continue;
      }
      after = fragment.number;
      if (begin.axis !== undefined && fragment[begin.axis] < begin.time) continue;
      begin.axis = undefined;
      const broken = yield* followFragment(log, fragment, session, over.signal, idle.touch);
      if (broken) return;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    forget();
    unwatch();
  }
}

interface Position {
  after: string | undefined;
  /** Fragments before `time` on this axis are passed over until the first that is not. */
  axis: TimeAxis | undefined;
  time: number;
}

function startOf(log: FragmentLog, start: Exclude<Start, { at: 'time' }>): Position {
  const position: Position = { after: undefined, axis: undefined, time: 0 };
  if (start.at === 'after') position.after = start.number;
  if (start.at === 'now') position.after = before(log.inProgress()) ?? log.newestNumber;
  return position;
}

async function startAtTime(log: FragmentLog, { axis, time }: Extract<Start, { at: 'time' }>): Promise<Position> {
  const covering = await log.covering(axis, time);
  if (covering !== undefined) return { after: before(covering), axis: undefined, time };
  return { after: log.newestNumber, axis, time };
}

/** A number just below the fragment's. */
const before = (fragment: Fragment | undefined): string | undefined =>
  fragment && (BigInt(fragment.number) - 1n).toString();

/** One fragment, as far as it has come and as it goes on coming. Returns true if it broke off. */
async function* followFragment(
  log: FragmentLog,
  fragment: Fragment,
  session: ReaderSession,
  over: AbortSignal,
  touch: () => void,
): AsyncGenerator<FollowEvent, boolean, undefined> {
  let reader: FragmentReader;
  try {
    reader = await FragmentReader.open(log, fragment, session);
  } catch (error) {
    if (!(error instanceof StoreError) || error.kind !== 'sealed') throw error;
    yield { event: 'sealed', fragment, cause: error };
    return true;
  }
  let begun = false;
  try {
    while (!over.aborted) {
      const bytes = reader.take();
      if (bytes !== undefined) {
        if (!begun && reader.head !== undefined) yield { event: 'begin', fragment, head: reader.head };
        begun = true;
        yield { event: 'bytes', bytes };
        touch();
        continue;
      }
      const comes = reader.comes();
      if (comes !== undefined) await comes;
      else if (fragment.state === 'failed' || reader.cut) {
        if (begun && !log.deleted) yield { event: 'broken', fragment };
        return begun;
      } else if (fragment.state === 'open') await log.changed.wait(over);
      else {
        yield { event: 'end', fragment };
        touch();
        return false;
      }
    }
  } finally {
    reader.close();
  }
  return true;
}
