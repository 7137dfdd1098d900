import { BitReader, BitsExhausted } from '../bytes/bitReader.ts';
import { CodecError } from './error.ts';

/** AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1). */
export interface AacConfig {
  /** Of the core coder: 2 for AAC-LC, also under SBR. */
  readonly objectType: number;
  readonly codecString: string;
  /** Of the core coder, in Hz. */
  readonly sampleRate: number;
  /** Index of that rate; 15 if it is none of the table. */
  readonly rateIndex: number;
  /** channelConfiguration; 0 if the frames tell. */
  readonly channels: number;
  /** PCM samples in a frame of the core coder. */
  readonly frameLength: number;
}

const RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350] as const;
const EXPLICIT_RATE = 15;
const MAX_RATE = 192_000;
/** Main, LC, SSR, LTP: the object types with the 1024 samples and the ADTS header of plain AAC. */
const CORE_TYPES: ReadonlySet<number> = new Set([1, 2, 3, 4]);
const SBR = 5;
const PS = 29;

/** @throws CodecError `invalid`, or `unsupported` for an object type that is no AAC of ADTS */
export function parseAacConfig(bytes: Uint8Array): AacConfig {
  try {
    return read(new BitReader(bytes));
  } catch (error) {
    if (error instanceof BitsExhausted) throw new CodecError('invalid', 'an AudioSpecificConfig that breaks off');
    throw error;
  }
}

function read(bits: BitReader): AacConfig {
  const declared = objectType(bits);
  const { rateIndex, sampleRate } = rate(bits);
  const configuration = bits.bits(4);
  let core = declared;
  if (declared === SBR || declared === PS) {
    rate(bits); // that of the extension
    core = objectType(bits);
  }
  if (!CORE_TYPES.has(core)) throw new CodecError('unsupported', `MPEG-4 audio object type ${core}`);
  if (sampleRate === 0 || sampleRate > MAX_RATE)
    throw new CodecError('invalid', 'an AudioSpecificConfig of no usual sampling rate');
  if (configuration > 7) throw new CodecError('invalid', `channel configuration ${configuration}`);
  // GASpecificConfig: frameLengthFlag
  const frameLength = bits.flag() ? 960 : 1024;
  const channels = configuration === 7 ? 8 : configuration;
  return { objectType: core, codecString: `mp4a.40.${declared}`, sampleRate, rateIndex, channels, frameLength };
}

function objectType(bits: BitReader): number {
  const type = bits.bits(5);
  return type === 31 ? 32 + bits.bits(6) : type;
}

function rate(bits: BitReader): { rateIndex: number; sampleRate: number } {
  const rateIndex = bits.bits(4);
  return { rateIndex, sampleRate: rateIndex === EXPLICIT_RATE ? bits.bits(24) : (RATES[rateIndex] ?? 0) };
}

export const ADTS_HEADER = 7;

/** Writes the ADTS header (ISO/IEC 14496-3, 1.A.2.2.1) of a frame of `size` bytes at `at`; ADTS_HEADER bytes. */
export function writeAdtsHeader(out: Uint8Array, at: number, config: AdtsFields, size: number): void {
  const length = ADTS_HEADER + size;
  out[at] = 0xff;
  out[at + 1] = 0xf1; // MPEG-4, no CRC
  out[at + 2] = ((config.objectType - 1) << 6) | (config.rateIndex << 2) | (config.channelConfiguration >> 2);
  out[at + 3] = ((config.channelConfiguration & 3) << 6) | (length >> 11);
  out[at + 4] = (length >> 3) & 0xff;
  out[at + 5] = ((length & 7) << 5) | 0x1f; // buffer fullness: variable rate
  out[at + 6] = 0xfc;
}

export interface AdtsFields {
  readonly objectType: number;
  readonly rateIndex: number;
  readonly channelConfiguration: number;
}
