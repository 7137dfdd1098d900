// Between fragments and what is kept of them.
import type { Payload } from '../ports.ts';
import type { Fragment, FragmentHeader } from './fragment.ts';
import type { FragmentRecord, HeaderRecord } from './fragmentRecord.ts';

/**
 * Makes what is kept of a whole fragment: nothing of that changes any more.
 * @param header key of its header
 */
export const recorder = (fragment: Fragment, header: string) => (): FragmentRecord => ({
  number: fragment.number,
  begunAt: fragment.begunAt,
  serverTime: fragment.serverTime,
  producerTime: fragment.producerTime,
  timecode: fragment.timecode.toString(),
  header,
  first: fragment.first,
  leading: fragment.leading,
  size: fragment.size,
  lengthMs: fragment.lengthMs,
});

export const headerRecordOf = (header: FragmentHeader): HeaderRecord => ({
  bytes: header.bytes,
  bytesWithoutTags: header.bytesWithoutTags === header.bytes ? null : header.bytesWithoutTags,
  trackNumbers: header.trackNumbers,
  timestampScale: header.timestampScale.toString(),
});

/** The fragment that a record is of. */
export const fragmentOf = (
  record: FragmentRecord,
  header: FragmentHeader,
  payload: Payload,
  lost: Fragment['lost'],
): Fragment => ({
  number: record.number,
  begunAt: record.begunAt,
  serverTime: record.serverTime,
  producerTime: record.producerTime,
  timecode: BigInt(record.timecode),
  header,
  first: record.first,
  leading: record.leading,
  lost,
  state: 'complete',
  persisted: true,
  keptAt: record.begunAt + record.lengthMs,
  draft: undefined,
  payload,
  size: record.size,
  lengthMs: record.lengthMs,
});

export const headerOf = (record: HeaderRecord): FragmentHeader => ({
  bytes: record.bytes,
  bytesWithoutTags: record.bytesWithoutTags ?? record.bytes,
  trackNumbers: record.trackNumbers,
  timestampScale: BigInt(record.timestampScale),
});
