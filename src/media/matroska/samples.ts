import type { Frame, Track } from '../sample.ts';

/** What of a fragment's header is needed to read its frames. */
export interface FrameContext {
  /** From the EBML header up to the first Cluster. */
  readonly bytes: Uint8Array;
  /** Nanoseconds per tick. */
  readonly timestampScale: bigint;
}

/**
 * The tracks that the bytes in front of a document's first Cluster declare, in their order.
 * @throws MatroskaError
 */
export function readTracks(header: Uint8Array): Track[] {
  throw new Error(`not built: ${header.length}`);
}

/**
 * The frames of one fragment: a Cluster and what follows it up to the next one. By track number, in stream order;
 * tracks without a frame are not in the map. Times are relative to the Cluster's timestamp.
 * @throws MatroskaError
 */
export function readFrames(header: FrameContext, pieces: readonly Uint8Array[]): Map<number, Frame[]> {
  throw new Error(`not built: ${header.timestampScale} ${pieces.length}`);
}
