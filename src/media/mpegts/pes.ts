// PES packet headers (ISO/IEC 13818-1, 2.4.3.6).

import { wrap } from './packet.ts';

export const STREAM_ID = { VIDEO: 0xe0, AUDIO: 0xc0 } as const;
const FIXED = 9;
const TIME = 5;
/** Marker bits '10', and data_alignment_indicator: a frame begins right behind the header. */
const ALIGNED = 0x84;

export interface PesTimes {
  /** At 90 kHz, before wrapping. */
  readonly pts: number;
  readonly dts: number;
}

export const pesHeaderSize = ({ pts, dts }: PesTimes): number => FIXED + (pts === dts ? TIME : 2 * TIME);

/** Writes the header of a PES packet with `payload` bytes behind it at `at`. */
export function writePesHeader(out: Uint8Array, at: number, streamId: number, times: PesTimes, payload: number): void {
  const both = times.pts !== times.dts;
  const header = pesHeaderSize(times);
  const length = header - 6 + payload;
  // Video too long for the field says 0: up to the next one's begin.
  const told = length <= 0xffff ? length : 0;
  out.set([0, 0, 1, streamId, told >> 8, told & 0xff, ALIGNED, both ? 0xc0 : 0x80, header - FIXED], at);
  writeTime(out, at + FIXED, both ? 3 : 2, times.pts);
  if (both) writeTime(out, at + FIXED + TIME, 1, times.dts);
}

/** 33 bits in three parts, each with a marker bit behind it. */
function writeTime(out: Uint8Array, at: number, prefix: number, time: number): void {
  const wrapped = wrap(time);
  const high = Math.floor(wrapped / 2 ** 30);
  const middle = Math.floor(wrapped / 2 ** 15) & 0x7fff;
  const low = wrapped % 2 ** 15;
  out[at] = (prefix << 4) | (high << 1) | 1;
  out[at + 1] = middle >> 7;
  out[at + 2] = ((middle << 1) & 0xff) | 1;
  out[at + 3] = low >> 7;
  out[at + 4] = ((low << 1) & 0xff) | 1;
}
