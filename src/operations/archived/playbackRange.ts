import type { TimeAxis } from '../../domain/fragments/fragmentIndex.ts';
import type { Stream } from '../../domain/streams/stream.ts';
import { serviceError } from '../../protocol/errors.ts';
import type { Context } from '../operation.ts';

export type SelectorType = 'PRODUCER_TIMESTAMP' | 'SERVER_TIMESTAMP';
export const axisOf = (type: SelectorType): TimeAxis => (type === 'SERVER_TIMESTAMP' ? 'serverTime' : 'producerTime');

const LONGEST_MS = 24 * 3_600_000;
/** The service does not mind a caller's clock that is a little ahead. */
const SKEW_MS = 60_000;

/** @throws NoDataRetentionException */
export function requireRetention({ record }: Stream): void {
  if (record.dataRetentionInHours === 0) throw serviceError('noDataRetention');
}

/**
 * Holds a range against the rules that all of playback shares. `end` may be open.
 * @param longestMs 24 hours unless told
 * @throws InvalidArgumentException
 */
export function checkRange(
  context: Pick<Context, 'now' | 'differs'>,
  { fragments }: Stream,
  range: { axis: TimeAxis; start: number; end: number | undefined },
  longestMs = LONGEST_MS,
): void {
  const { axis, start, end } = range;
  const { now } = context;
  if (end === undefined) return;
  const invalid = (text: string) => serviceError('invalidArgument', text);
  if (end <= start) throw invalid('EndTimestamp must be later than StartTimestamp.');
  if (end - start > longestMs) {
    throw invalid(`EndTimestamp must be at most ${longestMs / 1000} seconds later than StartTimestamp.`);
  }
  if (axis !== 'serverTime') return;
  if (end < now - fragments.retentionMs) {
    throw invalid(`End timestamp ${end} is outside of the stream retention period.`);
  }
  if (end > now + SKEW_MS)
    context.differs('endInFuture', () => invalid('EndTimestamp must be in the past for SERVER_TIMESTAMP.'));
}
