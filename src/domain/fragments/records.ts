// Between fragments and what is kept of them.
import type { Payload } from '../ports.ts';
import type { Fragment, FragmentHome } from './fragment.ts';
import type { FragmentRecord } from './fragmentRecord.ts';
import type { SharedHeader } from './sharedHeader.ts';

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
  leadingSize: fragment.leadingSize,
  size: fragment.size,
  lengthMs: fragment.lengthMs,
  frames: fragment.frames,
});

/** The fragment that a record is of. */
export const fragmentOf = (
  record: FragmentRecord,
  header: SharedHeader,
  payload: Payload,
  home: FragmentHome,
): Fragment => ({
  number: record.number,
  begunAt: record.begunAt,
  serverTime: record.serverTime,
  producerTime: record.producerTime,
  timecode: BigInt(record.timecode),
  header,
  first: record.first,
  leading: record.leading,
  leadingSize: record.leadingSize,
  home,
  state: 'complete',
  sealed: true,
  persisted: true,
  keptAt: record.begunAt + record.lengthMs,
  draft: undefined,
  payload,
  size: record.size,
  lengthMs: record.lengthMs,
  frames: record.frames,
});
