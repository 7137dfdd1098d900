import { BitReader, BitsExhausted } from '../bytes/bitReader.ts';
import { CodecError } from './error.ts';
import { unescapeNal } from './nal.ts';
import { isPictureSize, type SequenceParameters } from './sequenceParameters.ts';

const SPS = 33;
const hevcNalType = (first: number): number => (first >> 1) & 0x3f;

export interface HevcRecord {
  readonly lengthSize: number;
  readonly parameterSets: readonly Uint8Array[];
  readonly width: number;
  readonly height: number;
  readonly reorderFrames: number;
  readonly codecString: string;
}

/**
 * Reads an HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 8.3.3.1).
 * @throws CodecError `invalid` if it is none, parameter sets with start codes for instance
 */
export function parseHevcRecord(record: Uint8Array): HevcRecord {
  const invalid = (why: string): never => {
    throw new CodecError('invalid', `no H.265 configuration record: ${why}`);
  };
  if (record.length < 23) invalid('too short');
  if (record[0] !== 1) invalid('its version is not 1');
  const lengthSize = ((record[21] as number) & 3) + 1;
  if (lengthSize === 3) invalid('NAL unit lengths of 3 bytes');
  const parameterSets: Uint8Array[] = [];
  let at = 23;
  for (let arrays = record[22] as number; arrays > 0; arrays--) {
    const type = (record[at] ?? 0) & 0x3f;
    const count = ((record[at + 1] ?? 0) << 8) | (record[at + 2] ?? 0);
    at += 3;
    for (let i = 0; i < count; i++) {
      const size = ((record[at] ?? 0) << 8) | (record[at + 1] ?? 0);
      const set = record.subarray(at + 2, at + 2 + size);
      if (size === 0 || set.length < size) invalid('a parameter set breaks off');
      if (hevcNalType(set[0] as number) !== type) invalid('a parameter set of another type');
      parameterSets.push(set);
      at += 2 + size;
    }
  }
  const sps = parameterSets.find((set) => hevcNalType(set[0] as number) === SPS);
  if (sps === undefined) return invalid('no sequence parameter set');
  return { lengthSize, parameterSets, ...parseHevcSps(sps), codecString: codecString(record) };
}

/** ISO/IEC 14496-15, annex E.3: profile, compatibility flags in reverse, tier and level, constraint bytes. */
function codecString(record: Uint8Array): string {
  const profile = record[1] as number;
  const space = ['', 'A', 'B', 'C'][profile >> 6] as string;
  let compatibility = 0;
  for (let bit = 0; bit < 32; bit++) {
    if (((record[2 + (bit >> 3)] as number) >> (7 - (bit & 7))) & 1) compatibility += 2 ** bit;
  }
  const constraints = [...record.subarray(6, 12)];
  while (constraints.at(-1) === 0) constraints.pop();
  return [
    `hvc1.${space}${profile & 0x1f}`,
    compatibility.toString(16).toUpperCase(),
    `${profile & 0x20 ? 'H' : 'L'}${record[12]}`,
    ...constraints.map((byte) => byte.toString(16).toUpperCase()),
  ].join('.');
}

/**
 * What writers need of a sequence parameter set, which begins with its NAL header.
 * @throws CodecError `invalid`
 */
export function parseHevcSps(sps: Uint8Array): SequenceParameters {
  try {
    const parameters = readParameters(new BitReader(unescapeNal(sps.subarray(2))));
    if (isPictureSize(parameters)) return parameters;
  } catch (error) {
    if (!(error instanceof BitsExhausted)) throw error;
  }
  throw new CodecError('invalid', 'an H.265 sequence parameter set that cannot be read');
}

function readParameters(bits: BitReader): SequenceParameters {
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
  let width = bits.ue();
  let height = bits.ue();
  if (bits.flag()) {
    width -= (chromaFormat === 1 || chromaFormat === 2 ? 2 : 1) * (bits.ue() + bits.ue());
    height -= (chromaFormat === 1 ? 2 : 1) * (bits.ue() + bits.ue());
  }
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
  return { width, height, reorderFrames };
}
