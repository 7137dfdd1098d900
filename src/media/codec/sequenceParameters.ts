export interface SequenceParameters {
  /** As shown, after cropping. */
  readonly width: number;
  readonly height: number;
  /** How many pictures may come before one that is shown earlier; 0 if it does not say. */
  readonly reorderFrames: number;
}

/** Level 6.2 of both codecs ends far below; MP4 has 16 bits for each. */
const LARGEST = 16_384;

/** False for what only broken parameter sets say. */
export const isPictureSize = ({ width, height }: { width: number; height: number }): boolean =>
  width > 0 && height > 0 && width <= LARGEST && height <= LARGEST;
