import { BitReader } from '../bytes/bitReader.ts';
import { concatenate } from '../bytes/concatenate.ts';
import { unescapeNal } from './nal.ts';
import { cropped, RecordReader, sized, type VideoRecord } from './parameterSets.ts';
import { readSequence, type SequenceParameters } from './sequenceParameters.ts';

/** nal_unit_type of H.265, table 7-1. */
export const HEVC_NAL = {
  FIRST_RANDOM_ACCESS: 16,
  LAST_RANDOM_ACCESS: 23,
  VPS: 32,
  SPS: 33,
  PPS: 34,
  PREFIX_SEI: 39,
} as const;
export const hevcNalType = (first: number): number => (first >> 1) & 0x3f;

/** Of the record, where the profile begins, the lengths' size stands, and the arrays of parameter sets are. */
const PROFILE_AT = 1;
const LENGTHS_AT = 21;
const ARRAYS_AT = 22;
/** profile_tier_level (7.3.3) without sub-layers. */
const PROFILE_BYTES = 12;

/**
 * Reads an HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 8.3.3.1). What an array says its parameter sets are is passed
 * over: a producer that counts them in the order in which they came is wrong now and then.
 * @throws CodecError `invalid` if it is none, parameter sets with start codes for instance
 */
export function parseHevcRecord(record: Uint8Array): VideoRecord {
  const reader = new RecordReader('H.265', record, {
    shortest: ARRAYS_AT + 1,
    headLength: ARRAYS_AT,
    lengthsAt: LENGTHS_AT,
  });
  for (let arrays = reader.count(1); arrays > 0; arrays--) {
    reader.count(1);
    reader.takeSets(reader.count(2));
  }
  const { lengthSize, parameterSets } = reader;
  return { lengthSize, parameterSets, codecString: codecString(record.subarray(PROFILE_AT)) };
}

/** A record like `record`, but with these parameter sets. */
export function writeHevcRecord(record: Uint8Array, lengthSize: number, sets: readonly Uint8Array[]): Uint8Array {
  const head = record.slice(0, ARRAYS_AT);
  const ofType = (type: number) => sets.filter((set) => hevcNalType(set[0] ?? 0) === type);
  const [sps] = ofType(HEVC_NAL.SPS);
  if (sps !== undefined) head.set(profileOf(unescapeNal(sps.subarray(2))), PROFILE_AT);
  head[LENGTHS_AT] = ((head[LENGTHS_AT] as number) & 0xfc) | (lengthSize - 1);
  const arrays = [HEVC_NAL.VPS, HEVC_NAL.SPS, HEVC_NAL.PPS].flatMap((type) => {
    const own = ofType(type);
    return own.length === 0
      ? []
      : [concatenate([Uint8Array.of(0x80 | type, own.length >> 8, own.length & 0xff), ...own.map(sized)])];
  });
  return concatenate([head, Uint8Array.of(arrays.length), ...arrays]);
}

/** ISO/IEC 14496-15, annex E.3: profile, compatibility flags in reverse, tier and level, constraint bytes. */
function codecString(profileTierLevel: Uint8Array): string {
  const [profile = 0, , , , , ...rest] = profileTierLevel;
  const space = ['', 'A', 'B', 'C'][profile >> 6] as string;
  let compatibility = 0;
  for (let bit = 0; bit < 32; bit++) {
    if (((profileTierLevel[1 + (bit >> 3)] ?? 0) >> (7 - (bit & 7))) & 1) compatibility += 2 ** bit;
  }
  const constraints = rest.slice(0, 6);
  while (constraints.at(-1) === 0) constraints.pop();
  return [
    `hvc1.${space}${profile & 0x1f}`,
    compatibility.toString(16).toUpperCase(),
    `${profile & 0x20 ? 'H' : 'L'}${rest[6] ?? 0}`,
    ...constraints.map((byte) => byte.toString(16).toUpperCase()),
  ].join('.');
}

/** Behind the number of the video parameter set and of the sub-layers, which take a byte. */
const profileOf = (sps: Uint8Array): Uint8Array => sps.subarray(1, 1 + PROFILE_BYTES);

/** What writers need of a sequence parameter set, which begins with its NAL header; undefined if it cannot be read. */
export function parseHevcSps(sps: Uint8Array): SequenceParameters | undefined {
  const bytes = unescapeNal(sps.subarray(2));
  return readSequence(() => ({
    ...readParameters(new BitReader(bytes)),
    codecString: codecString(profileOf(bytes)),
  }));
}

function readParameters(bits: BitReader): Omit<SequenceParameters, 'codecString'> {
  bits.skip(4); // sps_video_parameter_set_id
  const subLayers = bits.bits(3);
  bits.skip(1);
  bits.skip(88 + 8); // general profile, tier, constraints and level (7.3.3)
  const present = Array.from({ length: subLayers }, () => [bits.flag(), bits.flag()] as const);
  if (subLayers > 0) bits.skip(2 * (8 - subLayers));
  for (const [profile, level] of present) bits.skip((profile ? 88 : 0) + (level ? 8 : 0));
  bits.ue(); // sps_seq_parameter_set_id
  let chromaFormat = bits.ue();
  if (chromaFormat === 3 && bits.flag()) chromaFormat = 0;
  const size = cropped(bits, [bits.ue(), bits.ue()], chromaFormat);
  bits.ue(); // bit depths
  bits.ue();
  bits.ue(); // log2_max_pic_order_cnt_lsb_minus4
  const allSubLayers = bits.flag();
  let reorderFrames = 0;
  // The last is that of the highest sub-layer, which is the whole stream.
  for (let left = allSubLayers ? subLayers : 0; left >= 0; left--) {
    bits.ue(); // sps_max_dec_pic_buffering_minus1
    reorderFrames = bits.ue();
    bits.ue(); // sps_max_latency_increase_plus1
  }
  return { ...size, reorderFrames };
}
