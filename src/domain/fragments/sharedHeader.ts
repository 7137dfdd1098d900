import type { PayloadDraft, PayloadShelf, Reader } from '../ports.ts';
import type { HeaderRecord, TracksPrint } from './fragmentRecord.ts';

/** What stands in front of a session's fragments, in the clear. */
export interface FragmentHeader {
  /** For the document's first fragment: with the tags that stood there. */
  readonly bytes: Uint8Array;
  readonly bytesWithoutTags: Uint8Array;
  readonly trackNumbers: readonly number[];
  /** Nanoseconds per tick. */
  readonly timestampScale: bigint;
}

const sizeOf = ({ bytes, bytesWithoutTags }: FragmentHeader): number =>
  bytes.length + (bytesWithoutTags === bytes ? 0 : bytesWithoutTags.length);

/**
 * A header as all fragments behind it share it: in the clear as long as a session sends some, or any of them is open, and
 * sealed with the first of them that is whole.
 */
export class SharedHeader {
  readonly trackNumbers: readonly number[];
  readonly timestampScale: bigint;
  /** Bytes that it takes. */
  readonly size: number;
  print: TracksPrint | null = null;
  #clear: FragmentHeader | undefined;
  #record: HeaderRecord | undefined;
  /** The session, and fragments that are not sealed. */
  #holders = 1;

  private constructor(trackNumbers: readonly number[], timestampScale: bigint, size: number) {
    this.trackNumbers = trackNumbers;
    this.timestampScale = timestampScale;
    this.size = size;
  }

  /** One that a session begins with, and holds until it lets it go. */
  static begin(clear: FragmentHeader): SharedHeader {
    const header = new SharedHeader(clear.trackNumbers, clear.timestampScale, sizeOf(clear));
    header.#clear = clear;
    return header;
  }

  static kept(record: HeaderRecord): SharedHeader {
    const header = new SharedHeader(record.trackNumbers, BigInt(record.timestampScale), record.size);
    header.#record = record;
    header.print = record.print;
    return header;
  }

  /** Undefined once nobody sends anything behind it any more. */
  get clear(): FragmentHeader | undefined {
    return this.#clear;
  }

  /** As it is to be kept; undefined as long as no fragment behind it is. */
  get record(): HeaderRecord | undefined {
    return this.#record;
  }

  hold(): void {
    this.#holders += 1;
  }

  letGo(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.#clear = undefined;
  }

  /** Once is enough: with the first of its fragments that is whole. */
  seal(draft: PayloadDraft, number: string): void {
    const clear = this.#clear;
    if (clear === undefined || this.#record !== undefined) return;
    const { bytes, bytesWithoutTags } = clear;
    this.#record = {
      fragment: number,
      bytes: draft.seal(WITH_TAGS, bytes),
      bytesWithoutTags: bytesWithoutTags === bytes ? null : draft.seal(WITHOUT_TAGS, bytesWithoutTags),
      trackNumbers: this.trackNumbers,
      timestampScale: this.timestampScale.toString(),
      size: this.size,
      print: this.print,
    };
  }

  /** For a reader. Throws, or rejects with, a StoreError. */
  open(shelf: Pick<PayloadShelf, 'unseal'>, reader: Reader): FragmentHeader | Promise<FragmentHeader> {
    return this.#clear ?? this.#unseal(shelf, reader);
  }

  async #unseal(shelf: Pick<PayloadShelf, 'unseal'>, reader: Reader): Promise<FragmentHeader> {
    const { trackNumbers, timestampScale } = this;
    const record = this.#record;
    // None of its fragments has ever been whole.
    if (record === undefined) throw new TypeError('A header that was never kept cannot be read.');
    const bytes = await shelf.unseal(record.fragment, WITH_TAGS, record.bytes, reader);
    const { bytesWithoutTags: without } = record;
    const bytesWithoutTags =
      without === null ? bytes : await shelf.unseal(record.fragment, WITHOUT_TAGS, without, reader);
    return { bytes, bytesWithoutTags, trackNumbers, timestampScale };
  }
}

const WITH_TAGS = 'header';
const WITHOUT_TAGS = 'header without tags';
