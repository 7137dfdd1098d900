import type { MatroskaHeader } from './header.ts';
import type { SimpleTag } from './tags.ts';

/** One SimpleBlock or Block. */
export interface Block {
  readonly track: number;
  /** Ticks from the Cluster's timestamp, -32768 to 32767; of the first frame if several share the Block. */
  readonly time: number;
  /** Content size in bytes. */
  readonly size: number;
  /** Whether it is marked as a key frame; of a Block in a group that may be taken back, see `delta`. */
  readonly key: boolean;
}

/** Told what stands in the stream, in the order in which it stands there. May throw to stop the reading. */
export interface MatroskaHandler {
  /** A document's first Cluster is about to begin. */
  header(header: MatroskaHeader): void;
  /** A Cluster begins: bytes from here on are its own, or stand between it and the next. */
  cluster(): void;
  /** The open Cluster's timestamp, in ticks; its bytes have been reported. */
  timestamp(ticks: bigint): void;
  block(block: Block): void;
  /** The Block last told refers to another, as its BlockGroup says only behind it: it is no key frame. */
  delta?(block: Block): void;
  /** A Tags element behind a Cluster, without signals; its bytes have been reported. */
  tags(tags: readonly SimpleTag[]): void;
  /** A Tags element behind a Cluster held a signal; what else it held has been told. */
  signal(): void;
  /** The document is over: another EBML header begins. */
  documentEnd(): void;
  /**
   * Bytes from the first Cluster's id on, each once, in order, signals left out; but for Tags a part of what was pushed,
   * not a copy.
   */
  bytes(piece: Uint8Array): void;
}

export interface MatroskaReaderOptions {
  /** Name of tags that are a word to whoever reads the stream and no part of what it holds. */
  readonly signal?: string;
}
