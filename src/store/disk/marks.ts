import { crc32 } from 'node:zlib';

// Which fragments of a segment are there, as far as the segment cannot say: an entry for each, with the place where its
// bytes begin and a checksum. The first entry stands for the file itself.

const ENTRY_BYTES = 12;
/** Of what a disk has all or nothing; it may be more. */
const SECTOR_BYTES = 512;

/** It has been removed; or it is one of those that are there, where nothing else in the segment is. */
export type Mark = 'removed' | 'only';
const MARKS: readonly Mark[] = ['removed', 'only'];

export const MARKS_HEAD: Buffer = marksOf([0]);

export function marksOf(places: readonly number[], mark: Mark = 'removed'): Buffer {
  const bytes = Buffer.alloc(places.length * ENTRY_BYTES);
  places.forEach((place, index) => {
    const at = index * ENTRY_BYTES;
    bytes[at] = MARKS.indexOf(mark);
    bytes.writeUIntBE(place, at + 2, 6);
    bytes.writeUInt32BE(crc32(bytes.subarray(at, at + 8)), at + 8);
  });
  return bytes;
}

export interface Marks {
  readonly removed: ReadonlySet<number>;
  /** Those that are there; undefined if all are. */
  readonly only: ReadonlySet<number> | undefined;
}

/** What they say, and whether all of them could be read. One that was being written does not count. */
export function readMarks(bytes: Buffer): Marks & {
  readonly whole: boolean;
  /** What could not be read are zeros that have been there before it, as after a sudden stop. */
  readonly unwritten: boolean;
  /** Of what could be read. */
  readonly size: number;
} {
  const found = { removed: new Set<number>(), only: new Set<number>() };
  let whole = bytes.length >= ENTRY_BYTES;
  let unwritten = whole;
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
    const place = bytes.readUIntBE(at + 2, 6);
    const mark = MARKS[bytes[at] ?? 0];
    if (mark === undefined || crc32(bytes.subarray(at, at + 8)) !== bytes.readUInt32BE(at + 8)) {
      whole = false;
      unwritten &&= at > 0 && isUnwritten(bytes, at);
    } else if (at === 0) whole &&= place === 0;
    else found[mark].add(place);
  }
  const { removed, only } = found;
  const size = bytes.length - (bytes.length % ENTRY_BYTES);
  return { removed, only: only.size > 0 ? only : undefined, whole, unwritten, size };
}

/** Of an entry in two sectors either may have been written. */
function isUnwritten(bytes: Buffer, at: number): boolean {
  const edge = Math.min(Math.ceil((at + 1) / SECTOR_BYTES) * SECTOR_BYTES, at + ENTRY_BYTES);
  return [bytes.subarray(at, edge), bytes.subarray(edge, at + ENTRY_BYTES)].some(
    (part) => part.length > 0 && part.every((byte) => byte === 0),
  );
}
