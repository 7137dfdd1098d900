import type { FragmentRecord, HeaderRecord } from '../../domain/fragments/fragmentRecord.ts';
import { blockSums, frame } from './frame.ts';
import { withoutBytes } from './plainBytes.ts';
import type { Line, Segment } from './segment.ts';

/** A segment of so many bytes, or with so many things in it, is full. */
const FULL_BYTES = 32 * 1024 * 1024;
const FULL_LINES = 4096;

/** A fragment with all that is kept of it. */
export interface Whole {
  readonly record: FragmentRecord;
  /** What stands in front of it. */
  readonly header?: HeaderRecord | undefined;
  readonly pieces: readonly Uint8Array[];
  readonly size: number;
}

export const headerLine = (key: string, record: HeaderRecord): Line & { kind: 'header' } => ({
  kind: 'header',
  meta: { key, record: withoutBytes(record) },
});

const isFull = (size: number, count: number): boolean => size >= FULL_BYTES || count >= FULL_LINES;

/** Fragments that are written behind a segment at once. */
export class Batch {
  readonly pieces: Uint8Array[] = [];
  readonly lines: Line[] = [];
  /** Keys of the headers among them. */
  readonly headers = new Set<string>();
  /** Of the segment, with them. */
  size: number;
  readonly #segment: Segment;
  readonly #safe: number;

  /** @param safe so much of the segment is */
  constructor(segment: Segment, safe = segment.size) {
    this.#segment = segment;
    this.#safe = safe;
    this.size = segment.size;
  }

  /** Whether the segment is full with them. */
  get full(): boolean {
    return isFull(this.size, (this.#segment.lines?.length ?? 0) + this.lines.length);
  }

  add({ record, header, pieces, size }: Whole): void {
    const safe = this.#safe;
    const key = record.header;
    if (header !== undefined && !this.#segment.headers.has(key) && !this.headers.has(key)) {
      const line = headerLine(key, header);
      this.#put(frame('header', line.meta, { safe }));
      this.lines.push(line);
      this.headers.add(key);
    }
    const meta = { record: withoutBytes(record), sums: blockSums(pieces) };
    this.#put(frame('fragment', meta, { bodyLength: size, safe }));
    this.lines.push({ kind: 'fragment', at: this.size, length: size, meta });
    for (const piece of pieces) this.#put(piece);
  }

  #put(bytes: Uint8Array): void {
    this.pieces.push(bytes);
    this.size += bytes.length;
  }
}
