/**
 * What is kept of a fragment besides its bytes: all there is to know of it after a restart, under the names that
 * Fragment has. Plain data, what JSON makes of one and back is the same, but for bytes, which a store keeps as bytes.
 */
export interface FragmentRecord {
  readonly number: string;
  readonly begunAt: number;
  readonly serverTime: number;
  readonly producerTime: number;
  /** In ticks, as decimal digits: JSON has no numbers as large. */
  readonly timecode: string;
  /** Key of its header. */
  readonly header: string;
  readonly first: boolean;
  readonly leading: Uint8Array;
  readonly leadingSize: number;
  readonly size: number;
  readonly lengthMs: number;
  readonly frames: number;
  /** How its bytes are sealed, if they are. */
  readonly seal?: SealRecord;
}

/** What it takes to open a fragment's bytes, besides the right to use the key. */
export interface SealRecord {
  readonly version: number;
  readonly keyArn: string;
  /** The data key, as the KMS has wrapped it. */
  readonly wrappedKey: Uint8Array;
  readonly iv: Uint8Array;
  /** Of each part of the bytes, one behind the other. */
  readonly tags: Uint8Array;
}

/**
 * The same of what stands in front of a session's fragments. It is kept once for all of them. Bytes, and those in front of
 * a fragment, are as `PayloadDraft.seal` made them.
 */
export interface HeaderRecord {
  /** Number of the fragment that it was sealed with. */
  readonly fragment: string;
  readonly bytes: Uint8Array;
  /** Null if they are the same. */
  readonly bytesWithoutTags: Uint8Array | null;
  readonly trackNumbers: readonly number[];
  /** Nanoseconds per tick, as decimal digits. */
  readonly timestampScale: string;
  /** Of the bytes in the clear. */
  readonly size: number;
  /** What tells it from the header of another session, if it could be read that far. */
  readonly print: TracksPrint | null;
}

/** What tells whether the tracks of two headers are the same, and nothing else. */
export interface TracksPrint {
  /** Number and codec of each declared track: `1:V_MPEG4/ISO/AVC 2:A_AAC`. */
  readonly layout: string;
  /** A digest of their codec private data. */
  readonly privateData: string;
}
