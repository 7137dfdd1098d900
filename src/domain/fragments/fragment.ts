import { type Payload, type PayloadDraft, StoreError } from '../ports.ts';

/** What stands in front of a session's fragments, kept once for all of them. */
export interface FragmentHeader {
  /** For the document's first fragment: with the tags that stood there. */
  readonly bytes: Uint8Array;
  readonly bytesWithoutTags: Uint8Array;
  readonly trackNumbers: readonly number[];
  /** Nanoseconds per tick. */
  readonly timestampScale: bigint;
}

/**
 * What a fragment takes of the heap besides its bytes: itself, its places in three trees, its payload. Measured: some 700
 * bytes that are held, and as much again that is garbage before V8 looks for it, for those that come and go.
 */
export const FRAGMENT_COST = 2048;
/** A header's, with what its session knows of it. */
export const HEADER_COST = 1024;

/** Room that a header takes as long as any fragment uses it. */
export const headerCost = ({ bytes, bytesWithoutTags }: FragmentHeader): number =>
  HEADER_COST + bytes.length + (bytesWithoutTags === bytes ? 0 : bytesWithoutTags.length);

/**
 * `open` while its bytes come; `complete` when all have come; `failed` when they never will. A complete fragment that
 * has been `persisted` is in the archive; one that has not is only in the hot buffer of a stream without retention.
 */
export type FragmentState = 'open' | 'complete' | 'failed';

export interface Fragment {
  /** 47 digits; ascending in the order in which fragments began. */
  readonly number: string;
  /** When its reception began, in ms since the epoch on the emulator's clock. */
  readonly begunAt: number;
  /**
   * Its server timestamp: when its reception began, or as much later as it takes to come after that of the fragment
   * before. No two of a stream have the same, and they ascend with the numbers.
   */
  readonly serverTime: number;
  /** Its Cluster's timestamp as a time of day, in ms since the epoch. */
  readonly producerTime: number;
  /** The Cluster's timestamp as sent, in ticks. */
  readonly timecode: bigint;
  readonly header: FragmentHeader;
  /** True for a document's first: tags in front of its Cluster are its own. */
  readonly first: boolean;
  /** Bytes that stood in front of its Cluster while no fragment was open: metadata sent after END_OF_FRAGMENT. */
  readonly leading: Uint8Array;
  /** Its bytes are not in the store any more, as `cause` says: to be told, so that it is gone for all. */
  readonly lost: (fragment: Fragment, cause: Error) => void;
  state: FragmentState;
  persisted: boolean;
  /** When it came into the archive, in ms since the epoch on the emulator's clock; 0 as long as it has not. */
  keptAt: number;
  /** Where its bytes are while it is open or hot; undefined once they are in the archive, or gone. */
  draft: PayloadDraft | undefined;
  /** Where they are in the archive. */
  payload: Payload | undefined;
  /** Bytes from the Cluster's id up to the next Cluster. */
  size: number;
  /** From its first frame to its last, in ms, without the duration of the last. */
  lengthMs: number;
}

/** True once its bytes are the store's no longer. */
export const isGone = ({ draft, payload, persisted }: Fragment): boolean =>
  payload === undefined ? draft === undefined : !persisted;

/** The fragment's bytes so far, in pieces; none if it is gone, or turns out to be. */
export async function fragmentPieces(fragment: Fragment): Promise<readonly Uint8Array[]> {
  if (fragment.payload === undefined) return fragment.draft?.follow()() ?? [];
  try {
    return await fragment.payload.read();
  } catch (error) {
    if (!(error instanceof StoreError) || error.kind !== 'unreadable') throw error;
    fragment.lost(fragment, error);
    return [];
  }
}
