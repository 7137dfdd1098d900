import type { FragmentRecord, HeaderRecord } from '../../domain/fragments/fragmentRecord.ts';
import type { HeldFile } from './heldFiles.ts';

/** What is known of one thing in a segment, as JSON has it. */
export type Line =
  | { readonly kind: 'header'; readonly meta: { readonly key: string; readonly record: HeaderRecord } }
  | FragmentLine;

export interface FragmentLine {
  readonly kind: 'fragment';
  /** Where its bytes begin, and how many they are. */
  readonly at: number;
  readonly length: number;
  readonly meta: FragmentMeta;
}

export interface FragmentMeta {
  readonly record: FragmentRecord;
  /** Checksums of its bytes, block by block. */
  readonly sums: readonly number[];
}

/** A fragment's bytes, as its segment knows them. */
export interface InSegment {
  /** Its place in the segment. */
  index: number;
  /** Where its bytes begin. */
  readonly at: number;
}

/** A file with fragments of one stream, and the headers that they are behind. It only ever grows, and goes as a whole. */
export class Segment<P extends InSegment = InSegment> {
  readonly number: number;
  /** Path of its files, which differ in their endings. */
  readonly #base: string;
  /** So much of the file is safe. */
  size = 0;
  /** So much of it has been written, or is being. */
  end = 0;
  /** How many things are between the two. */
  unsafe = 0;
  /** Resolves when it is safe that there is such a file, which it may not be as long as this is there. */
  named: Promise<unknown> | undefined;
  /** Fragments in it that have not been removed. */
  live = 0;
  /** Those, at their places. */
  readonly payloads: (P | undefined)[] = [];
  /** Keys of the headers in it. */
  readonly headers = new Set<string>();
  /** What an index of it has to say, as long as there is none. */
  lines: Line[] | undefined = [];
  /** Where those fragments begin that have been removed, as far as it has not been written down. */
  removed: number[] = [];
  /** Those that are there, where nothing else in it is. */
  only: ReadonlySet<number> | undefined;
  /** Bytes of what is written down of both; 0 if all of it is to be written anew. */
  markedBytes = 0;
  /** It has been deleted. */
  gone = false;
  /** The same file, as snapshots hold it; they may have let it go. */
  held: HeldFile | undefined;
  /** Where its bytes are as long as it has no file of its own. */
  source: HeldFile | undefined;

  constructor(folder: string, number: number) {
    this.number = number;
    this.#base = `${folder}/${String(number).padStart(6, '0')}`;
  }

  get path(): string {
    return `${this.#base}.seg`;
  }

  get indexPath(): string {
    return `${this.#base}.idx`;
  }

  /** Says which of its fragments have been removed. */
  get marksPath(): string {
    return `${this.#base}.gone`;
  }

  /** What it is called while it goes. */
  get oldPath(): string {
    return `${this.#base}.old`;
  }

  add(payload: P): void {
    payload.index = this.payloads.push(payload) - 1;
    this.live += 1;
  }

  /** False if it had been removed before. */
  take(payload: P): boolean {
    if (this.payloads[payload.index] !== payload) return false;
    this.payloads[payload.index] = undefined;
    this.live -= 1;
    this.removed.push(payload.at);
    return true;
  }
}
