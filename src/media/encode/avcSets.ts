import { BitWriter } from '../bytes/bitWriter.ts';
import { QUANTISER } from './macroblock.ts';
import { nalUnit } from './nalUnit.ts';

export interface PictureFormat {
  /** Pixels, even. */
  readonly width: number;
  readonly height: number;
  /** Times ten. */
  readonly level: number;
}

const SPS = 0x67;
const PPS = 0x68;
const BASELINE = 66;
/** Constrained baseline, which main and extended decoders take as well. */
const CONSTRAINTS = 0b11000000;
/** Bits of frame_num: so many pictures, and more, are between two key frames at most. */
export const FRAME_NUMBER_BITS = 16;
const BT601 = 6;

/** A sequence parameter set (7.3.2.1.1), header included. */
export function sequenceSet({ width, height, level }: PictureFormat): Uint8Array {
  const out = new BitWriter();
  const [columns, rows] = [Math.ceil(width / 16), Math.ceil(height / 16)];
  out.bits(8, BASELINE);
  out.bits(8, CONSTRAINTS);
  out.bits(8, level);
  out.ue(0); // seq_parameter_set_id
  out.ue(FRAME_NUMBER_BITS - 4);
  out.ue(2); // pic_order_cnt_type: shown in the order in which they are decoded
  out.ue(1); // max_num_ref_frames
  out.flag(false); // gaps_in_frame_num_value_allowed
  out.ue(columns - 1);
  out.ue(rows - 1);
  out.flag(true); // frame_mbs_only
  out.flag(true); // direct_8x8_inference
  const [right, below] = [(columns * 16 - width) / 2, (rows * 16 - height) / 2];
  out.flag(right > 0 || below > 0);
  if (right > 0 || below > 0) for (const cut of [0, right, 0, below]) out.ue(cut);
  out.flag(true);
  writeUsability(out);
  out.trailing();
  return nalUnit(SPS, out.take());
}

/** Video usability information (E.1.1): the colours, and that no picture waits for a later one. */
function writeUsability(out: BitWriter): void {
  out.flag(true);
  out.bits(8, 1); // square pixels
  out.flag(false); // overscan
  out.flag(true);
  out.bits(3, 5); // video_format: not said
  out.flag(false); // limited range
  out.flag(true);
  for (let i = 0; i < 3; i++) out.bits(8, BT601);
  out.flag(false); // chroma location
  out.flag(false); // the time of a picture: the container tells
  out.flag(false); // HRD
  out.flag(false);
  out.flag(false); // pic_struct
  out.flag(true);
  out.flag(true); // motion vectors over the edges
  for (const value of [0, 0, 10, 10]) out.ue(value); // bytes and bits a picture: no bound; lengths of vectors
  out.ue(0); // max_num_reorder_frames
  out.ue(1); // max_dec_frame_buffering
}

/** A picture parameter set (7.3.2.2), header included. */
export function pictureSet(): Uint8Array {
  const out = new BitWriter();
  out.ue(0);
  out.ue(0);
  out.flag(false); // CAVLC
  out.flag(false);
  out.ue(0); // one slice group
  out.ue(0);
  out.ue(0);
  out.flag(false);
  out.bits(2, 0);
  out.se(QUANTISER - 26);
  out.se(0);
  out.se(0); // colour has the same quantiser
  out.flag(true); // the deblocking filter is controlled, which is to say off
  out.flag(false);
  out.flag(false);
  out.trailing();
  return nalUnit(PPS, out.take());
}
