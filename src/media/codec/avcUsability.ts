import { type BitReader, BitsExhausted } from '../bytes/bitReader.ts';

const EXTENDED_SAR = 255;

/** max_num_reorder_frames of the video usability information (H.264, E.1.1), or 0 if it does not say or breaks off. */
export function reorderFrames(bits: BitReader): number {
  try {
    return read(bits);
  } catch (error) {
    // Players do without it, so streams with a broken one are about.
    if (error instanceof BitsExhausted) return 0;
    throw error;
  }
}

function read(bits: BitReader): number {
  if (bits.flag() && bits.bits(8) === EXTENDED_SAR) bits.skip(32);
  if (bits.flag()) bits.skip(1); // overscan
  if (bits.flag()) {
    bits.skip(4); // video_format, video_full_range_flag
    if (bits.flag()) bits.skip(24); // colour description
  }
  if (bits.flag()) {
    bits.ue(); // chroma sample location
    bits.ue();
  }
  if (bits.flag()) bits.skip(65); // timing
  const nal = bits.flag();
  if (nal) skipReferenceDecoder(bits);
  const vcl = bits.flag();
  if (vcl) skipReferenceDecoder(bits);
  if (nal || vcl) bits.skip(1); // low_delay_hrd_flag
  bits.skip(1); // pic_struct_present_flag
  if (!bits.flag()) return 0;
  bits.skip(1); // motion_vectors_over_pic_boundaries_flag
  for (let i = 0; i < 4; i++) bits.ue(); // sizes and ranges
  return bits.ue();
}

/** hrd_parameters (E.1.2). */
function skipReferenceDecoder(bits: BitReader): void {
  const count = bits.ue() + 1;
  bits.skip(8);
  for (let i = 0; i < count; i++) {
    bits.ue();
    bits.ue();
    bits.skip(1);
  }
  bits.skip(20);
}
