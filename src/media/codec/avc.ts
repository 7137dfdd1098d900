import { BitReader, BitsExhausted } from '../bytes/bitReader.ts';
import { reorderFrames } from './avcUsability.ts';
import { CodecError } from './error.ts';
import { unescapeNal } from './nal.ts';
import { isPictureSize, type SequenceParameters } from './sequenceParameters.ts';

/** nal_unit_type of H.264, table 7-1. */
export const AVC_NAL = { IDR: 5, SPS: 7, PPS: 8, AUD: 9 } as const;
export const avcNalType = (first: number): number => first & 0x1f;

export interface AvcRecord {
  readonly lengthSize: number;
  readonly parameterSets: readonly Uint8Array[];
  readonly width: number;
  readonly height: number;
  readonly reorderFrames: number;
  readonly codecString: string;
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

/**
 * Reads an AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1).
 * @throws CodecError `invalid` if it is none, parameter sets with start codes for instance
 */
export function parseAvcRecord(record: Uint8Array): AvcRecord {
  const invalid = (why: string): never => {
    throw new CodecError('invalid', `no H.264 configuration record: ${why}`);
  };
  const [version, profile = 0, compatibility = 0, level = 0, lengths = 0, count = 0] = record;
  if (record.length < 7) invalid('too short');
  if (version !== 1) invalid('its version is not 1');
  const lengthSize = (lengths & 3) + 1;
  if (lengthSize === 3) invalid('NAL unit lengths of 3 bytes');
  const parameterSets: Uint8Array[] = [];
  let at = 6;
  const take = (many: number, type: number): void => {
    for (let i = 0; i < many; i++) {
      const size = ((record[at] ?? 0) << 8) | (record[at + 1] ?? 0);
      const set = record.subarray(at + 2, at + 2 + size);
      if (size === 0 || set.length < size) invalid('a parameter set breaks off');
      if (avcNalType(set[0] as number) !== type) invalid('a parameter set of another type');
      parameterSets.push(set);
      at += 2 + size;
    }
  };
  take(count & 0x1f, AVC_NAL.SPS);
  const [sps] = parameterSets;
  if (sps === undefined) return invalid('no sequence parameter set');
  take(record[at++] ?? 0, AVC_NAL.PPS);
  return {
    lengthSize,
    parameterSets,
    ...parseAvcSps(sps),
    codecString: `avc1.${hex(profile)}${hex(compatibility)}${hex(level)}`,
  };
}

/** Profiles whose sequence parameter sets tell the chroma format (7.3.2.1.1). */
const WITH_CHROMA: ReadonlySet<number> = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/**
 * What writers need of a sequence parameter set, which begins with its NAL header.
 * @throws CodecError `invalid`
 */
export function parseAvcSps(sps: Uint8Array): SequenceParameters {
  try {
    const parameters = readParameters(new BitReader(unescapeNal(sps.subarray(1))));
    if (isPictureSize(parameters)) return parameters;
  } catch (error) {
    if (!(error instanceof BitsExhausted)) throw error;
  }
  throw new CodecError('invalid', 'an H.264 sequence parameter set that cannot be read');
}

function readParameters(bits: BitReader): SequenceParameters {
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
