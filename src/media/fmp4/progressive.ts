import type { Sample, TrackConfig } from '../sample.ts';

export interface TrackSamples {
  readonly config: TrackConfig;
  readonly samples: readonly Sample[];
}

export interface ProgressiveMp4 {
  /** In the order of their tracks; one without samples is left out. */
  readonly tracks: readonly TrackSamples[];
  /** In ms since the epoch. */
  readonly creationTime: number;
}

/** A whole file: `ftyp`, `moov`, `mdat`. The earliest pts of all tracks is shown at 0; the others keep their distance. */
export function progressiveMp4({ tracks }: ProgressiveMp4): Uint8Array {
  throw new Error(`not built: ${tracks.length}`);
}
