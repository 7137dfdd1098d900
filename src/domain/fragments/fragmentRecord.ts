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
  readonly size: number;
  readonly lengthMs: number;
}

/** The same of what stands in front of a session's fragments. It is kept once for all of them. */
export interface HeaderRecord {
  readonly bytes: Uint8Array;
  /** Null if they are the same. */
  readonly bytesWithoutTags: Uint8Array | null;
  readonly trackNumbers: readonly number[];
  /** Nanoseconds per tick, as decimal digits. */
  readonly timestampScale: string;
}
