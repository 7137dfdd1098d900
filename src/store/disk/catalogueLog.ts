import { crc32 } from 'node:zlib';

// The log of the catalogue: a line for each entry that was put or removed, with a checksum in front, and zeros behind the
// last as room for more. What is written at a time is made safe before more is. So what was being written is at the end,
// and a disk may have written any of its sectors: in place of the others there still are zeros.

/** Table, key, and the entry; of one that was removed none. */
export type Change = readonly [table: string, key: string, entry?: unknown];

/** Of what a disk has all or nothing; it may be more. */
const SECTOR_BYTES = 512;
const SUM_DIGITS = 8;
/** Where the checksum of a line begins that is alone, and of one that is behind the head of a batch. */
const [ALONE, TOGETHER] = [0, crc32('together')];
const sumOf = (text: string, from: number): string => crc32(text, from).toString(16).padStart(SUM_DIGITS, '0');

export function lineOf(change: unknown, from = ALONE): string {
  const text = JSON.stringify(change);
  return `${sumOf(text, from)} ${text}\n`;
}

/** In front of changes that are made together, or not at all: how many they are. */
interface BatchHead {
  readonly batch: number;
}

export function batchOf(changes: readonly Change[]): string {
  if (changes.length < 2) return changes.map((change) => lineOf(change)).join('');
  const head = lineOf({ batch: changes.length } satisfies BatchHead);
  return head + changes.map((change) => lineOf(change, TOGETHER)).join('');
}

export interface LogRange {
  readonly at: number;
  readonly length: number;
  /** It is the last, and was not written to its end. */
  readonly torn: boolean;
}

/** What the lines say, in order, and which of them cannot be read. The first says who has written it. */
export function readLog(all: Buffer): {
  readonly head: unknown;
  readonly changes: Change[];
  readonly broken: LogRange[];
} {
  const bytes = all.subarray(0, endOf(all));
  const changes: unknown[] = [];
  const broken: LogRange[] = [];
  // The batch that goes on: where it begins, what was there before, and how much of it is still to come.
  let batch = { at: 0, changes: 0, broken: 0, left: 0 };
  // The same of what was being written; undefined as long as all seems to have been.
  let unwritten: Omit<typeof batch, 'left'> | undefined;
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf(0x0a, at);
    const end = found < 0 ? bytes.length : found;
    const read = readLine(bytes.toString('utf8', at, end));
    const here = { at, changes: changes.length, broken: broken.length };
    if (read === undefined) {
      if (isUnwritten(bytes, at, end)) unwritten ??= batch.left > 0 ? batch : here;
      broken.push({ at, length: end - at, torn: found < 0 });
    }
    // Before that was written, what is in front of it was safe.
    if (read?.from === ALONE) unwritten = undefined;
    if (isBatchHead(read?.said)) batch = { ...here, left: read.said.batch };
    else {
      batch.left -= 1;
      if (read !== undefined || at === 0) changes.push(read?.said);
    }
    at = end + 1;
  }
  const torn = broken.at(-1)?.torn === true;
  // A batch of which the end is missing was not safe. Where another byte of it is broken it may have been.
  if ((batch.left > 0 || torn) && batch.left > -1 && broken.length - (torn ? 1 : 0) === batch.broken)
    unwritten ??= batch;
  if (unwritten !== undefined) {
    changes.length = unwritten.changes;
    broken.length = unwritten.broken;
    broken.push({ at: unwritten.at, length: bytes.length - unwritten.at, torn: true });
  }
  const [head, ...rest] = changes;
  return { head, changes: rest as Change[], broken };
}

function endOf(bytes: Buffer): number {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  // Its first line is missing.
  return end > 0 ? end : bytes.length;
}

/** Whether what stands there are, in part, zeros that have been there before it: no text has any. */
function isUnwritten(bytes: Buffer, begin: number, end: number): boolean {
  const line = bytes.subarray(begin, end);
  for (let from = line.indexOf(0); from >= 0; ) {
    let to = from;
    while (line[to] === 0) to += 1;
    if ((from === 0 || (begin + from) % SECTOR_BYTES === 0) && (begin + to) % SECTOR_BYTES === 0) return true;
    from = line.indexOf(0, to);
  }
  return false;
}

const isBatchHead = (said: unknown): said is BatchHead => typeof said === 'object' && said !== null && 'batch' in said;

function readLine(line: string): { readonly said: unknown; readonly from: number } | undefined {
  const text = line.slice(SUM_DIGITS + 1);
  if (line[SUM_DIGITS] !== ' ') return undefined;
  const from = [ALONE, TOGETHER].find((each) => line.slice(0, SUM_DIGITS) === sumOf(text, each));
  return from === undefined ? undefined : { said: JSON.parse(text), from };
}
