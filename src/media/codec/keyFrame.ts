import type { Track, VideoConfig } from '../sample.ts';
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

/** Of H.264 and H.265 a frame's own bytes tell; of other codecs the container alone. See usableSteps, which does the same. */
export function keyTeller(track: Track): KeyTeller {
  const { codec } = track;
  if (codec !== 'avc' && codec !== 'hevc') return ({ key }) => key;
  const config = { lengthSize: lengthSizeOf(track) };
  return ({ data, size, key }) => {
    const { units } = finish(unitsOf(config, [{ data, size }])).split[0] ?? { units: [] };
    return hasPicture(codec, data, units) ? isKeyPicture(codec, data, units, key) : undefined;
  };
}

/** Without a record that says so, it is what nearly all have. */
const USUAL_LENGTH_SIZE = 4;

function lengthSizeOf(track: Track): VideoConfig['lengthSize'] {
  try {
    const config = configure(track);
    return config.kind === 'video' ? config.lengthSize : USUAL_LENGTH_SIZE;
  } catch (error) {
    if (error instanceof CodecError) return USUAL_LENGTH_SIZE;
    throw error;
  }
}
