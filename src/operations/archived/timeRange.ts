import type { TimeAxis } from '../../domain/fragments/fragmentIndex.ts';
import type { LimitName } from '../../domain/limits/limitTable.ts';
import type { Stream } from '../../domain/streams/stream.ts';
import { serviceError } from '../../protocol/errors.ts';
import type { Context } from '../operation.ts';

/** What an operation holds a range of time against. */
interface RangeRules {
  /** Refuses a stream with a retention of 0 hours. For the others there is simply nothing in it. */
  readonly needsRetention: boolean;
  /** Start and end may be the same. */
  readonly instant: boolean;
  readonly longest: LimitName | undefined;
  /** By server time: an end before the stream was made is as much outside as one before its retention period. */
  readonly notBeforeCreation: boolean;
  /** By server time: the end is to be in the past, as documented. */
  readonly over: boolean;
}

const playback: RangeRules = {
  needsRetention: true,
  instant: false,
  longest: 'session.range',
  notBeforeCreation: false,
  over: true,
};

/** Every operation that takes a range has its row here, so that a rule of one is answered for by all. */
const RULES = {
  ListFragments: {
    needsRetention: false,
    instant: true,
    longest: undefined,
    notBeforeCreation: false,
    over: false,
  },
  HLS: playback,
  DASH: playback,
  GetClip: playback,
  GetImages: { ...playback, instant: true, longest: 'GetImages.range', notBeforeCreation: true },
} as const satisfies Record<string, RangeRules>;

/** The service does not mind a caller's clock that is a little ahead. */
const SKEW_MS = 60_000;

/** `start` is absent for LIVE, `end` for LIVE and for what goes on. Milliseconds since the epoch. */
interface AskedRange {
  readonly axis: TimeAxis;
  readonly start: number | undefined;
  readonly end: number | undefined;
}

/**
 * Holds the stream and what is asked of it against an operation's rules. A page that a token continues is not held
 * against them again: its range was right when it was asked for, and what has expired since then is not there any more.
 * @throws NoDataRetentionException, InvalidArgumentException
 */
export function checkRange(
  context: Pick<Context, 'now' | 'differs' | 'limits'>,
  stream: Stream,
  operation: keyof typeof RULES,
  { axis, start, end }: AskedRange,
): void {
  const { now, limits } = context;
  const { record, fragments } = stream;
  const rules: RangeRules = RULES[operation];
  const invalid = (text: string) => serviceError('invalidArgument', text);
  if (rules.needsRetention && record.dataRetentionInHours === 0) throw serviceError('noDataRetention');
  if (start === undefined || end === undefined) return;
  if (!rules.instant && end <= start) throw invalid('EndTimestamp must be later than StartTimestamp.');
  if (end < start) throw invalid('EndTimestamp must not be earlier than StartTimestamp.');
  const longestMs = rules.longest === undefined ? Number.POSITIVE_INFINITY : limits.of(rules.longest, stream);
  if (end - start > longestMs) {
    throw invalid(`EndTimestamp must be at most ${longestMs / 1000} seconds later than StartTimestamp.`);
  }
  if (axis !== 'serverTime') return;
  if (end < now - fragments.retentionMs) throw serviceError('outsideRetention', end);
  // A stream that was deleted and made anew within a millisecond was made a little after now.
  if (rules.notBeforeCreation && end < Math.min(record.createdAt, now)) throw serviceError('outsideRetention', end);
  if (rules.over && end > now + SKEW_MS) {
    context.differs('endInFuture', () => invalid('EndTimestamp must be in the past for SERVER_TIMESTAMP.'));
  }
}
