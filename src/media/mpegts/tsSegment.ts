import type { AudioConfig, Sample, VideoConfig } from '../sample.ts';

export interface TsSegment {
  /** Named in the PMT even if this fragment has no samples of it. At least one of the two must be there. */
  readonly video?: { readonly config: VideoConfig; readonly samples: readonly Sample[] };
  readonly audio?: { readonly config: AudioConfig; readonly samples: readonly Sample[] };
}

/**
 * One MPEG-TS segment. Times are those of the samples (in each track's timescale) at 90 kHz modulo 2^33. Every PID has a
 * multiple of 16 packets, so continuity counters run on from any segment to any other without a state between them.
 * @throws CodecError `unsupported` for what is not H.264 or AAC, `frame`
 */
export function tsSegment({ video, audio }: TsSegment): Uint8Array {
  throw new Error(`not built: ${video?.samples.length} ${audio?.samples.length}`);
}
