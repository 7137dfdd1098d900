// H.264 and H.265 tell what they are in parameter sets, which stand in the codec private data, or in front of key frames, or
// in both places.

import type { Frame, VideoConfig } from '../sample.ts';
import { AVC_NAL, avcNalType, parseAvcSps, writeAvcRecord } from './avc.ts';
import { HEVC_NAL, hevcNalType, parseHevcSps, writeHevcRecord } from './hevc.ts';
import { splitLengthPrefixed } from './nal.ts';
import { MOST_SETS } from './parameterSets.ts';

const AVC = {
  typeOf: avcNalType,
  sequence: AVC_NAL.SPS,
  types: [AVC_NAL.SPS, AVC_NAL.PPS] as readonly number[],
  parse: parseAvcSps,
  write: (_: Uint8Array, lengthSize: number, sets: readonly Uint8Array[]) => writeAvcRecord(lengthSize, sets),
  lengthsAt: 4,
};
const HEVC = {
  typeOf: hevcNalType,
  sequence: HEVC_NAL.SPS,
  types: [HEVC_NAL.VPS, HEVC_NAL.SPS, HEVC_NAL.PPS] as readonly number[],
  parse: parseHevcSps,
  write: writeHevcRecord,
  lengthsAt: 21,
};
/** A record has two bytes for the length of each. */
const LONGEST_SET = 0xffff;

const kindOf = (codec: VideoConfig['codec']) => (codec === 'avc' ? AVC : HEVC);
const typeOf = (codec: VideoConfig['codec'], set: Uint8Array): number => kindOf(codec).typeOf(set[0] ?? 0);

/** `config` with what the first of `sets` that can be read says of the pictures. */
export function described(config: VideoConfig, sets: readonly Uint8Array[]): VideoConfig {
  const { parse, sequence } = kindOf(config.codec);
  for (const set of sets) {
    const found = typeOf(config.codec, set) === sequence ? parse(set) : undefined;
    if (found !== undefined) return { ...config, ...found };
  }
  return config;
}

/** False if neither the record nor the frames that `config` was refined by have a sequence parameter set. */
export const hasSequence = ({ codec, parameterSets }: VideoConfig): boolean =>
  parameterSets.some((set) => typeOf(codec, set) === kindOf(codec).sequence);

/**
 * `config` as the frames, which have lengths of `config.lengthSize` bytes, bear it out: parameter sets that the record lacks
 * are taken from them, and what they say of the pictures goes before what the record says, for decoders do the same. The
 * record stays as it was sent unless no decoder could do with it.
 */
export function refineVideo(config: VideoConfig, frames: readonly Frame[]): VideoConfig {
  const { codec, lengthSize, record, parameterSets } = config;
  const { write, lengthsAt } = kindOf(codec);
  const sets = setsBeforePictures(config, frames);
  const added = missingIn(config, sets);
  if (added.length > 0) {
    const kept = parameterSets.filter((set) => !added.some((one) => typeOf(codec, one) === typeOf(codec, set)));
    const all = [...kept, ...added];
    return described({ ...config, parameterSets: all, record: write(record, lengthSize, all) }, [...sets, ...all]);
  }
  const fits = ((record[lengthsAt] ?? 0) & 3) + 1 === lengthSize;
  const sized = fits ? config : { ...config, record: withLengthSize(record, lengthsAt, lengthSize) };
  return sets.length === 0 ? sized : described(sized, sets);
}

function withLengthSize(record: Uint8Array, at: number, lengthSize: number): Uint8Array {
  const changed = record.slice();
  changed[at] = ((record[at] ?? 0) & 0xfc) | (lengthSize - 1);
  return changed;
}

/** Those up to the first key frame, which is where they count; a record without any is looked for further. */
function setsBeforePictures(config: VideoConfig, frames: readonly Frame[]): Uint8Array[] {
  const { codec, lengthSize } = config;
  const { types, typeOf: ofByte } = kindOf(codec);
  const told = hasSequence(config);
  const found: Uint8Array[] = [];
  for (const { data, key } of frames) {
    for (const { start, end } of splitLengthPrefixed(data, lengthSize).units) {
      const isSet = types.includes(ofByte(data[start] as number));
      if (isSet && end - start <= LONGEST_SET && found.length < MOST_SETS) found.push(data.subarray(start, end));
    }
    if (key && (told || found.length > 0)) break;
  }
  return found;
}

/** Sets of a kind of which the record has none, or none that can be read. */
function missingIn({ codec, parameterSets }: VideoConfig, sets: readonly Uint8Array[]): Uint8Array[] {
  const { types, sequence, parse } = kindOf(codec);
  const has = (type: number): boolean =>
    parameterSets.some((set) => typeOf(codec, set) === type && (type !== sequence || parse(set) !== undefined));
  return types.flatMap((type) => {
    const own = sets.filter((set) => typeOf(codec, set) === type);
    return own.length === 0 || has(type) ? [] : own;
  });
}
