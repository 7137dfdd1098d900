import type { FragmentRecord, HeaderRecord } from '../../domain/fragments/fragmentRecord.ts';
import { blockSums, frame } from './frame.ts';
import { withoutBytes } from './plainBytes.ts';
import type { FragmentLine, Line, Segment } from './segment.ts';

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

/** Fragments that are written behind what is in a segment, at once. */
export class Batch {
  readonly pieces: Uint8Array[] = [];
  readonly lines: Line[] = [];
  /** Where they are to be written. */
  readonly at: number;
  readonly #segment: Segment;
  /** Keys of the headers among them. */
  readonly #headers = new Set<string>();
  /** Where they end. */
  #end: number;

  constructor(segment: Segment) {
    this.#segment = segment;
    this.at = segment.end;
    this.#end = segment.end;
  }

  /** Whether the segment is full with them. */
  get full(): boolean {
    const { lines, unsafe } = this.#segment;
    return isFull(this.#end, (lines?.length ?? 0) + unsafe + this.lines.length);
  }

  /** Returns what is known of it in the segment. */
  add({ record, header, pieces, size: length }: Whole): FragmentLine {
    const safe = this.#segment.named !== undefined ? 0 : this.#segment.size;
    const key = record.header;
    if (header !== undefined && !this.#segment.headers.has(key) && !this.#headers.has(key)) {
      const line = headerLine(key, header);
      this.#put(frame('header', line.meta, { safe }));
      this.lines.push(line);
      this.#headers.add(key);
    }
    const meta = { record: withoutBytes(record), sums: blockSums(pieces) };
    this.#put(frame('fragment', meta, { bodyLength: length, safe }));
    const line = { kind: 'fragment', at: this.#end, length, meta } as const;
    this.lines.push(line);
    for (const piece of pieces) this.#put(piece);
    return line;
  }

  #put(bytes: Uint8Array): void {
    this.pieces.push(bytes);
    this.#end += bytes.length;
  }

  /** What comes next comes behind them. */
  take(): void {
    this.#segment.end = this.#end;
    for (const key of this.#headers) this.#segment.headers.add(key);
  }
}
