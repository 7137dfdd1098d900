import { crc32 } from 'node:zlib';

// Which fragments of a segment have been removed: for each of them where its bytes begin, with a checksum. The first
// entry stands for the file itself.

const ENTRY_BYTES = 12;

export const MARKS_HEAD: Buffer = marksOf([0]);

export function marksOf(places: readonly number[]): Buffer {
  const bytes = Buffer.alloc(places.length * ENTRY_BYTES);
  places.forEach((place, index) => {
    const at = index * ENTRY_BYTES;
    bytes.writeUIntBE(place, at + 2, 6);
    bytes.writeUInt32BE(crc32(bytes.subarray(at, at + 8)), at + 8);
  });
  return bytes;
}

/** What they say, and whether all of them could be read. One that was being written does not count. */
export function readMarks(bytes: Buffer): {
  readonly removed: ReadonlySet<number>;
  readonly whole: boolean;
  /** Of what could be read. */
  readonly size: number;
} {
  const removed = new Set<number>();
  let whole = bytes.length >= ENTRY_BYTES;
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
    const place = bytes.readUIntBE(at + 2, 6);
    if (crc32(bytes.subarray(at, at + 8)) !== bytes.readUInt32BE(at + 8)) whole = false;
    else if (at === 0) whole &&= place === 0;
    else removed.add(place);
  }
  return { removed, whole, size: bytes.length - (bytes.length % ENTRY_BYTES) };
}
