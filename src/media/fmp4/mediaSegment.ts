import type { Sample, TrackConfig } from '../sample.ts';

export interface MediaSegment {
  readonly config: TrackConfig;
  /** Of `mfhd`: 32 bits, ascending over the segments of a session; 0 or 1 for the first. */
  readonly sequenceNumber: number;
  /** At least one; see decodeTimes. */
  readonly samples: readonly Sample[];
  /** In the track's timescale; the first sample's dts unless told. */
  readonly baseDecodeTime?: bigint | number;
}

/** `moof` and `mdat`. */
export function mediaSegment({ sequenceNumber }: MediaSegment): Uint8Array {
  throw new Error(`not built: ${sequenceNumber}`);
}
