import { crc32 } from 'node:zlib';

// The log of the catalogue: a line for each entry that was put or removed, with a checksum in front.

/** Table, key, and the entry; of one that was removed none. */
export type Change = readonly [table: string, key: string, entry?: unknown];

const SUM_DIGITS = 8;
const sumOf = (text: string): string => crc32(text).toString(16).padStart(SUM_DIGITS, '0');

export function lineOf(change: unknown): string {
  const text = JSON.stringify(change);
  return `${sumOf(text)} ${text}\n`;
}

/** In front of changes that are made together, or not at all: how many they are. */
interface BatchHead {
  readonly batch: number;
}

export const batchOf = (changes: readonly Change[]): string =>
  (changes.length > 1 ? lineOf({ batch: changes.length } satisfies BatchHead) : '') + changes.map(lineOf).join('');

export interface LogRange {
  readonly at: number;
  readonly length: number;
  /** It is the last, and was not written to its end. */
  readonly torn: boolean;
}

/** What the lines say, in order, and which of them cannot be read. The first says who has written it. */
export function readLog(bytes: Buffer): {
  readonly head: unknown;
  readonly changes: Change[];
  readonly broken: LogRange[];
} {
  const changes: unknown[] = [];
  const broken: LogRange[] = [];
  // The batch that goes on: where it begins, what was there before, and how much of it is still to come.
  let batch = { at: 0, changes: 0, broken: 0, left: 0 };
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf(0x0a, at);
    const end = found < 0 ? bytes.length : found;
    const read = readLine(bytes.toString('utf8', at, end));
    if (read === undefined) broken.push({ at, length: end - at, torn: found < 0 });
    if (isBatchHead(read)) batch = { at, changes: changes.length, broken: broken.length, left: read.batch };
    else {
      batch.left -= 1;
      if (read !== undefined || at === 0) changes.push(read);
    }
    at = end + 1;
  }
  const torn = broken.at(-1)?.torn === true;
  // A batch of which the end is missing was not safe. Where another byte of it is broken it may have been.
  if ((batch.left > 0 || torn) && batch.left > -1 && broken.length - (torn ? 1 : 0) === batch.broken) {
    changes.length = batch.changes;
    broken.length = batch.broken;
    broken.push({ at: batch.at, length: bytes.length - batch.at, torn: true });
  }
  const [head, ...rest] = changes;
  return { head, changes: rest as Change[], broken };
}

const isBatchHead = (read: unknown): read is BatchHead => typeof read === 'object' && read !== null && 'batch' in read;

function readLine(line: string): unknown {
  const text = line.slice(SUM_DIGITS + 1);
  return line.slice(0, SUM_DIGITS) === sumOf(text) && line[SUM_DIGITS] === ' ' ? JSON.parse(text) : undefined;
}
