import type { Track, TrackConfig } from '../sample.ts';

/**
 * What is needed to write `track`.
 * @throws CodecError `unsupported`, `missing` or `invalid`
 */
export function configure(track: Track): TrackConfig {
  throw new Error(`not built: ${track.codec}`);
}
