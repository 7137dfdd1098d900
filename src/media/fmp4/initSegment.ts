import type { TrackConfig } from '../sample.ts';

/** `ftyp` and `moov` for the fragments of one track. `creationTime` in ms since the epoch; 0 unless told. */
export function initSegment(config: TrackConfig, creationTime = 0): Uint8Array {
  throw new Error(`not built: ${config.kind} ${creationTime}`);
}
