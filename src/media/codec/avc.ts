import { BitReader } from '../bytes/bitReader.ts';
import { concatenate } from '../bytes/concatenate.ts';
import { reorderFrames } from './avcUsability.ts';
import { unescapeNal } from './nal.ts';
import { cropped, RecordReader, sized, type VideoRecord } from './parameterSets.ts';
import { readSequence, type SequenceParameters } from './sequenceParameters.ts';

/** nal_unit_type of H.264, table 7-1. */
export const AVC_NAL = { IDR: 5, SEI: 6, SPS: 7, PPS: 8, AUD: 9, SPS_EXTENSION: 13 } as const;
export const avcNalType = (first: number): number => first & 0x1f;

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
const codecString = (profile = 0, compatibility = 0, level = 0): string =>
  `avc1.${hex(profile)}${hex(compatibility)}${hex(level)}`;

/**
 * Reads an AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1).
 * @throws CodecError `invalid` if it is none, parameter sets with start codes for instance
 */
export function parseAvcRecord(record: Uint8Array): VideoRecord {
  const reader = new RecordReader('H.264', record, { shortest: 7, headLength: 5, lengthsAt: 4 });
  const [, profile, compatibility, level] = record;
  reader.takeSets(reader.count(1) & 0x1f);
  reader.takeSets(reader.count(1));
  // What High profiles have behind them is left out by some producers, and tells nothing that is needed.
  const { lengthSize, parameterSets } = reader;
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
  const size = cropped(bits, [widthInMbs * 16, heightInMapUnits * 16 * fields], chromaFormat, fields);
  return { ...size, reorderFrames: bits.flag() ? reorderFrames(bits) : 0 };
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
