// One time through a recording, as PutMedia goes through what is sent to it.

import type { Ack } from '../../domain/fragments/acks.ts';
import { END_OF_FRAGMENT, type IngestFragments, IngestSession } from '../../domain/fragments/ingest.ts';
import { ackOfFailure, IngestError } from '../../domain/fragments/ingestError.ts';
import { SessionChecks } from '../../domain/fragments/sessionChecks.ts';
import { StoreError } from '../../domain/ports.ts';
import { MatroskaError } from '../../media/matroska/error.ts';
import { Extent } from '../../media/matroska/extent.ts';
import type { MatroskaHandler } from '../../media/matroska/handler.ts';
import { MatroskaReader } from '../../media/matroska/reader.ts';
import { tracksSeen } from '../../packaging/tracksSeen.ts';
import type { Clock } from '../../runtime/clock.ts';
import { giveWay } from '../../runtime/giveWay.ts';
import type { Log } from '../../runtime/log.ts';

export interface PlaceServices {
  readonly clock: Clock;
  readonly log: Log;
  readonly strict: boolean;
}

/** What PutMedia would refuse, or what has no place in the past. Nothing is kept. */
export class PlaceError extends Error {}

/** Bytes that are read between two looks at others. */
const STEP = 65_536;
/** So many fragments may wait for the store. */
const MOST_WAITING = 4;

const OVER = Symbol('what follows begins too late');

interface PassWanted {
  /** The date of the media’s time 0, ms since the epoch. */
  readonly start: number;
  /** No fragment begins then or later. */
  readonly until: number | undefined;
  /** Who is taken for the one who sends it: the ARN of a principal. */
  readonly writer: string;
  readonly warnings: Map<string, string>;
  /** Of fragments that have begun. */
  readonly numbers?: string[];
}

interface Passed {
  /** Producer times of the first fragment, if there is one, and of the last. */
  readonly first: number | undefined;
  readonly last: number;
  readonly durationMs: number;
  /** Nobody can begin with the first fragment: it has no key frame in front. */
  readonly keyless: boolean;
}

const MP4 = 'It is an MP4, and not Matroska: ffmpeg -i IN.mp4 -c copy OUT.mkv makes one of it.';
/** By its first box. */
const isMp4 = ([first]: readonly Uint8Array[]): boolean =>
  first !== undefined && first.length >= 8 && Buffer.from(first.subarray(4, 8)).toString('latin1') === 'ftyp';

/** One time through the recording. */
export async function pass(
  { clock, log, strict }: PlaceServices,
  fragments: IngestFragments,
  { start, until, writer, warnings, numbers }: PassWanted,
  pieces: readonly Uint8Array[],
): Promise<Passed> {
  if (isMp4(pieces)) throw new PlaceError(MP4);
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
  let [clusters, keyless] = [0, false];
  const lookAtFirst = (): void => {
    if (clusters === 1) keyless = warnings.has('noKeyFrame');
  };
  const handler: MatroskaHandler = {
    header(header) {
      tickMs = Number(header.timestampScale) / 1e6;
      session.header(header);
    },
    cluster() {
      session.cluster();
      lookAtFirst();
      clusters += 1;
    },
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
    lookAtFirst();
  } catch (error) {
    session.giveUp('');
    if (error !== OVER) failure ??= reasonOf(error);
  }
  await session.stored();
  checks.finish();
  if (failure !== undefined) throw new PlaceError(`PutMedia would refuse it: ${failure}.`);
  return { first, last, durationMs: extent.durationMs, keyless };
}

function reasonOf(error: unknown): string {
  if (error instanceof IngestError) return `${error.ack}, ${error.message}`;
  if (error instanceof MatroskaError) return `INVALID_MKV_DATA, ${error.message}`;
  if (error instanceof StoreError && error.kind === 'sealed') return `${ackOfFailure(error)}, ${error.message}`;
  throw error;
}
