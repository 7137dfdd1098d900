import { BitWriter } from '../bytes/bitWriter.ts';
import { writeAvcRecord } from '../codec/avc.ts';
import { FRAME_NUMBER_BITS, type PictureFormat, pictureSet, sequenceSet } from './avcSets.ts';
import type { Canvas } from './canvas.ts';
import { writeMacroblock } from './macroblock.ts';
import { nalUnit } from './nalUnit.ts';

const KEY_SLICE = 0x65;
const OTHER_SLICE = 0x61;
/** slice_type, where all slices of a picture are of it. */
const I = 7;
const P = 5;

/**
 * Encodes a canvas as H.264, constrained baseline, without loss: key pictures whole, the others as what has changed since
 * the one before. There is no motion and no search, and so hardly any work.
 */
export class AvcEncoder {
  /** The AVCDecoderConfigurationRecord that goes with it. */
  readonly record: Uint8Array;
  #frame = 0;
  #keys = 0;

  constructor(format: PictureFormat) {
    this.record = writeAvcRecord(4, [sequenceSet(format), pictureSet()]);
  }

  /** The slice of the next picture. What has changed on the canvas is forgotten. */
  encode(canvas: Canvas, key: boolean): Uint8Array {
    const out = new BitWriter();
    if (key) this.#frame = 0;
    this.#header(out, key);
    let unchanged = 0;
    for (let block = 0; block < canvas.changed.length; block++) {
      if (!key && canvas.changed[block] === 0) {
        unchanged++;
        continue;
      }
      if (!key) out.ue(unchanged);
      unchanged = 0;
      writeMacroblock(out, canvas, block, !key);
    }
    if (unchanged > 0) out.ue(unchanged);
    out.trailing();
    canvas.changed.fill(0);
    this.#frame++;
    return nalUnit(key ? KEY_SLICE : OTHER_SLICE, out.take());
  }

  /** slice_header(), 7.3.3. */
  #header(out: BitWriter, key: boolean): void {
    out.ue(0); // first_mb_in_slice
    out.ue(key ? I : P);
    out.ue(0);
    out.bits(FRAME_NUMBER_BITS, this.#frame);
    // Two key pictures that follow each other must differ in it.
    if (key) out.ue(this.#keys++ & 1);
    // P: as many references as the picture parameter set says, in the usual order.
    if (!key) out.bits(2, 0);
    // No marking of references but the usual one, or of a key picture: earlier ones are shown, and it is no long-term one.
    out.bits(key ? 2 : 1, 0);
    out.se(0);
    out.ue(1); // no deblocking
  }
}
