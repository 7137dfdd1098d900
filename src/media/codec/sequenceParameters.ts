import { BitsExhausted } from '../bytes/bitReader.ts';

export interface SequenceParameters {
  /** As shown, after cropping. */
  readonly width: number;
  readonly height: number;
  /** How many pictures may come before one that is shown earlier; 0 if it does not say. */
  readonly reorderFrames: number;
  /** As in RFC 6381. */
  readonly codecString: string;
}

/** Level 6.2 of both codecs ends far below; MP4 has 16 bits for each. */
const LARGEST = 16_384;

/** What `read` finds; undefined if the bits end too early, or it is of no size: only broken parameter sets say that. */
export function readSequence(read: () => SequenceParameters): SequenceParameters | undefined {
  try {
    const found = read();
    const { width, height } = found;
    return width > 0 && height > 0 && width <= LARGEST && height <= LARGEST ? found : undefined;
  } catch (error) {
    if (error instanceof BitsExhausted) return undefined;
    throw error;
  }
}
