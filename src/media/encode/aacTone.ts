import { BitWriter } from '../bytes/bitWriter.ts';

/** Samples in a frame of AAC-LC. */
export const AAC_FRAME = 1024;
export const AAC_RATE = 48_000;
/** AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1): AAC-LC, 48 kHz, one channel. */
export const AAC_CONFIG: Uint8Array = Uint8Array.of(0x11, 0x88);

/** How loud: steps of 1.5 dB. */
const GAIN = 186;
/** The scale factor band of lines 40 to 47, and of how many it is the last. */
const BANDS = 11;
const NO_CODEBOOK = 0;
const CODEBOOK = 1;

/**
 * One frame of sound: silence, or a tone of 984 Hz, which is 21 periods a frame. As each frame begins at the same place of
 * a period, all frames of the tone are the same, and where silence comes before or behind them the windows of AAC fade it.
 */
export function aacFrame(tone: boolean): Uint8Array {
  const out = new BitWriter();
  out.bits(3, 0); // single_channel_element
  out.bits(4, 0);
  out.bits(8, GAIN);
  out.bits(4, 0); // a long window, of sine form
  out.bits(6, tone ? BANDS : 0);
  out.flag(false); // predictor_data_present
  if (tone) {
    section(out, NO_CODEBOOK, BANDS - 1);
    section(out, CODEBOOK, 1);
    out.flag(false); // the scale factor is the gain
  }
  out.bits(3, 0); // no pulses, no noise shaping, no gain control
  if (tone) {
    // Lines 40 to 43 are 0, -1, 1, 0 in codebook 1, and the next four zero: the tone lies between two lines.
    out.bits(7, 0x64);
    out.flag(false);
  }
  out.bits(3, 7); // the end
  out.align();
  return out.take();
}

function section(out: BitWriter, codebook: number, bands: number): void {
  out.bits(4, codebook);
  out.bits(5, bands);
}
