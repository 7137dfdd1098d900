import type { Track, TrackConfig } from '../sample.ts';
import { finish } from '../steps.ts';
import { configure } from './configure.ts';
import { CodecError } from './error.ts';
import { hasPicture, isKeyPicture } from './pictures.ts';
import { unitsOf } from './units.ts';

/** The beginning of a frame: enough of it to tell what its picture is. */
export interface FrameStart {
  readonly data: Uint8Array;
  /** Of the whole frame. */
  readonly size: number;
  /** What the container says. */
  readonly key: boolean;
}

/** Whether decoding can begin with a frame; undefined if no picture can be read in it. */
export type KeyTeller = (frame: FrameStart) => boolean | undefined;

/**
 * Of H.264 and H.265 a frame's own bytes tell, as in playback; of other codecs the container alone. Without codec private
 * data it is heard as well: one of AWS's samples sends H.265 that calls itself H.264, and none.
 */
export function keyTeller(track: Track): KeyTeller {
  const config = configOf(track);
  if (config?.kind !== 'video') return ({ key }) => key;
  const { codec } = config;
  return ({ data, size, key }) => {
    const { units } = finish(unitsOf(config, [{ data, size }])).split[0] ?? { units: [] };
    return hasPicture(codec, data, units) ? isKeyPicture(codec, data, units, key) : undefined;
  };
}

function configOf(track: Track): TrackConfig | undefined {
  try {
    return configure(track);
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}
