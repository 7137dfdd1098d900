// What the NAL units of a frame say of its picture.

import { BitReader, BitsExhausted } from '../bytes/bitReader.ts';
import { AVC_NAL, avcNalType } from './avc.ts';
import { HEVC_NAL, hevcNalType } from './hevc.ts';
import { type NalRange, unescapeNal } from './nal.ts';

/**
 * Whether decoding can begin with a frame: at an IDR picture, a random access point of H.265, or where a message says so.
 * An I picture of H.264 with none of these may be one too, which only its sender can know; so can only the sender say of a
 * frame without a picture, parameter sets say. @param told what the container says
 */
export function isKeyPicture(
  codec: 'avc' | 'hevc',
  data: Uint8Array,
  units: readonly NalRange[],
  told: boolean,
): boolean {
  const { typeOf, isSlice, isRandomAccess, isSei, headerSize } = codec === 'avc' ? AVC : HEVC;
  let slice: NalRange | undefined;
  for (const unit of units) {
    const type = typeOf(data[unit.start] as number);
    if (isRandomAccess(type)) return true;
    if (isSlice(type)) slice ??= unit;
    else if (isSei(type) && tellsRecoveryPoint(data.subarray(unit.start + headerSize, unit.end))) return true;
  }
  if (slice === undefined) return told;
  return told && codec === 'avc' && isIntra(data.subarray(slice.start + headerSize, slice.end));
}

/** False if there are but parameter sets, messages and the like, at which players that expect a picture give up. */
export function hasPicture(codec: 'avc' | 'hevc', data: Uint8Array, units: readonly NalRange[]): boolean {
  const { typeOf, isSlice } = codec === 'avc' ? AVC : HEVC;
  return units.some(({ start }) => isSlice(typeOf(data[start] as number)));
}

const AVC = {
  typeOf: avcNalType,
  headerSize: 1,
  isRandomAccess: (type: number) => type === AVC_NAL.IDR,
  /** Slices, and partitions of them. */
  isSlice: (type: number) => type >= 1 && type <= 5,
  isSei: (type: number) => type === AVC_NAL.SEI,
};
const HEVC = {
  typeOf: hevcNalType,
  headerSize: 2,
  isRandomAccess: (type: number) => type >= HEVC_NAL.FIRST_RANDOM_ACCESS && type <= HEVC_NAL.LAST_RANDOM_ACCESS,
  isSlice: (type: number) => type < HEVC_NAL.VPS,
  isSei: (type: number) => type === HEVC_NAL.PREFIX_SEI,
};

const RECOVERY_POINT = 6;
/** Who says that decoding can begin says so early: what comes behind a picture's worth of other messages is not read. */
const LONGEST_MESSAGES = 16_384;

/** Supplemental enhancement information (H.264, 7.3.2.3; H.265, 7.3.5). */
function tellsRecoveryPoint(content: Uint8Array): boolean {
  const bytes = unescapeNal(content.subarray(0, LONGEST_MESSAGES));
  let at = 0;
  const number = (): number => {
    let value = 0;
    while (bytes[at] === 0xff) {
      value += 255;
      at += 1;
    }
    return value + (bytes[at++] ?? 0);
  };
  // Two bytes are the shortest message; one is the end.
  while (at + 2 <= bytes.length) {
    if (number() === RECOVERY_POINT) return true;
    const size = number();
    at += size;
  }
  return false;
}

/** Slice types I and SI (H.264, 7.4.3), of the slice and, above 4, of all of the picture. */
const INTRA: ReadonlySet<number> = new Set([2, 4, 7, 9]);
/** The two numbers in front take less. */
const SLICE_START = 16;

function isIntra(slice: Uint8Array): boolean {
  try {
    const bits = new BitReader(unescapeNal(slice.subarray(0, SLICE_START)));
    bits.ue(); // first_mb_in_slice
    return INTRA.has(bits.ue());
  } catch (error) {
    if (error instanceof BitsExhausted) return false;
    throw error;
  }
}
