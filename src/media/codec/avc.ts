import { BitReader } from '../bytes/bitReader.ts';
import { concatenate } from '../bytes/concatenate.ts';
import { reorderFrames } from './avcUsability.ts';
import { CodecError } from './error.ts';
import { unescapeNal } from './nal.ts';
import { readSequence, type SequenceParameters } from './sequenceParameters.ts';

/** nal_unit_type of H.264, table 7-1. */
export const AVC_NAL = { IDR: 5, SEI: 6, SPS: 7, PPS: 8, AUD: 9, SPS_EXTENSION: 13 } as const;
export const avcNalType = (first: number): number => first & 0x1f;

/** What a configuration record says of frames, whichever of the two codecs it is of. */
export interface VideoRecord {
  readonly lengthSize: number;
  /** In its order, each what its own first byte says; there may be none. */
  readonly parameterSets: readonly Uint8Array[];
  readonly codecString: string;
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
const codecString = (profile = 0, compatibility = 0, level = 0): string =>
  `avc1.${hex(profile)}${hex(compatibility)}${hex(level)}`;

/**
 * Reads an AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1).
 * @throws CodecError `invalid` if it is none, parameter sets with start codes for instance
 */
export function parseAvcRecord(record: Uint8Array): VideoRecord {
  const invalid = (why: string): never => {
    throw new CodecError('invalid', `no H.264 configuration record: ${why}`);
  };
  const [version, profile, compatibility, level, lengths = 0, count = 0] = record;
  if (record.length < 7) invalid('too short');
  if (version !== 1) invalid('its version is not 1');
  const lengthSize = (lengths & 3) + 1;
  if (lengthSize === 3) invalid('NAL unit lengths of 3 bytes');
  const parameterSets: Uint8Array[] = [];
  let at = 6;
  const take = (many: number): void => {
    for (let i = 0; i < many; i++) {
      const size = ((record[at] ?? 0) << 8) | (record[at + 1] ?? 0);
      const set = record.subarray(at + 2, at + 2 + size);
      if (at + 2 + size > record.length) invalid('a parameter set breaks off');
      if (size > 0) parameterSets.push(set);
      at += 2 + size;
    }
  };
  take(count & 0x1f);
  take(record[at++] ?? 0);
  // What High profiles have behind them is left out by some producers, and tells nothing that is needed.
  return { lengthSize, parameterSets, codecString: codecString(profile, compatibility, level) };
}

/** A record with these parameter sets. */
export function writeAvcRecord(lengthSize: number, sets: readonly Uint8Array[]): Uint8Array {
  const ofType = (type: number) => sets.filter((set) => avcNalType(set[0] ?? 0) === type);
  const [sequences, pictures] = [ofType(AVC_NAL.SPS).slice(0, 31), ofType(AVC_NAL.PPS).slice(0, 255)];
  const [, profile = 0, compatibility = 0, level = 0] = sequences[0] ?? [];
  return concatenate([
    Uint8Array.of(1, profile, compatibility, level, 0xfc | (lengthSize - 1), 0xe0 | sequences.length),
    ...sequences.map(sized),
    Uint8Array.of(pictures.length),
    ...pictures.map(sized),
  ]);
}

/** Behind its length in two bytes, as records have their parameter sets. */
export const sized = (set: Uint8Array): Uint8Array =>
  concatenate([Uint8Array.of(set.length >> 8, set.length & 0xff), set]);

/** Profiles whose sequence parameter sets tell the chroma format (7.3.2.1.1). */
const WITH_CHROMA: ReadonlySet<number> = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** What writers need of a sequence parameter set, which begins with its NAL header; undefined if it cannot be read. */
export function parseAvcSps(sps: Uint8Array): SequenceParameters | undefined {
  const bytes = unescapeNal(sps.subarray(1));
  return readSequence(() => ({
    ...readParameters(new BitReader(bytes)),
    codecString: codecString(bytes[0], bytes[1], bytes[2]),
  }));
}

function readParameters(bits: BitReader): Omit<SequenceParameters, 'codecString'> {
  const profile = bits.bits(8);
  bits.skip(16); // constraint flags, level
  bits.ue(); // seq_parameter_set_id
  let chromaFormat = 1;
  if (WITH_CHROMA.has(profile)) {
    chromaFormat = bits.ue();
    // Three planes coded apart count as monochrome (6.2).
    if (chromaFormat === 3 && bits.flag()) chromaFormat = 0;
    bits.ue(); // bit depths
    bits.ue();
    bits.skip(1);
    if (bits.flag()) skipScalingLists(bits, chromaFormat === 3 ? 12 : 8);
  }
  bits.ue(); // log2_max_frame_num_minus4
  skipPictureOrder(bits);
  bits.ue(); // max_num_ref_frames
  bits.skip(1);
  const widthInMbs = bits.ue() + 1;
  const heightInMapUnits = bits.ue() + 1;
  const frameMbsOnly = bits.flag();
  if (!frameMbsOnly) bits.skip(1);
  bits.skip(1); // direct_8x8_inference_flag
  const fields = frameMbsOnly ? 1 : 2;
  let width = widthInMbs * 16;
  let height = heightInMapUnits * 16 * fields;
  if (bits.flag()) {
    const unitX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1;
    const unitY = (chromaFormat === 1 ? 2 : 1) * fields;
    width -= unitX * (bits.ue() + bits.ue());
    height -= unitY * (bits.ue() + bits.ue());
  }
  return { width, height, reorderFrames: bits.flag() ? reorderFrames(bits) : 0 };
}

function skipPictureOrder(bits: BitReader): void {
  const type = bits.ue();
  if (type === 0) bits.ue();
  if (type !== 1) return;
  bits.skip(1);
  bits.se();
  bits.se();
  for (let left = bits.ue(); left > 0; left--) bits.se();
}

function skipScalingLists(bits: BitReader, count: number): void {
  for (let list = 0; list < count; list++) {
    if (!bits.flag()) continue;
    let next = 8;
    for (let i = 0; i < (list < 6 ? 16 : 64) && next !== 0; i++) next = (next + bits.se() + 256) % 256;
  }
}
