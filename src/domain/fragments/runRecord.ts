/**
 * A recording as a stream shows it: all there is to know of it after a restart. Plain data, but for bytes, which a store
 * keeps as bytes. The fragments are made of it when somebody asks for them.
 */
export interface RunRecord {
  /** ARN of the stream. */
  readonly stream: string;
  /** The recording, by the ARN of the shelf that it is on. */
  readonly recording: string;
  /** Sequence number of the first fragment, and what the numbers of all are made with besides. */
  readonly sequence: number;
  readonly secret: string;
  /** The date of the recording's time 0, and after how long it begins again, ms. */
  readonly start: number;
  readonly step: number;
  /** How many fragments the recording has. */
  readonly turn: number;
  /** How many fragments there are in all, and how many of those have gone, from the first on. */
  readonly count: number;
  readonly gone: number;
  /** The recording's key, as the stream's own seals it. */
  readonly key: Uint8Array;
  /** Metadata that stand in front of each fragment, sealed in the same way; none if empty. */
  readonly leading: Uint8Array;
  readonly leadingSize: number;
}
