import { BitReader, BitsExhausted } from '../bytes/bitReader.ts';
import { CodecError } from './error.ts';
import { type ProgramConfig, readProgramConfig } from './programConfig.ts';

/** AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1). */
export interface AacConfig {
  /** Of the core coder: 2 for AAC-LC, also under SBR. */
  readonly objectType: number;
  readonly codecString: string;
  /** Of the core coder, in Hz, and index of that rate; 15 if it is none of the table. */
  readonly coreRate: number;
  readonly rateIndex: number;
  /** In Hz: that of SBR, if the config says that there is any. */
  readonly outputRate: number;
  /** 0 if a program_config_element tells. */
  readonly channelConfiguration: number;
  readonly channels: number;
  readonly channelElements: Uint8Array | undefined;
  /** PCM samples in a frame of the core coder. */
  readonly frameLength: number;
}

const RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350] as const;
const EXPLICIT_RATE = 15;
const MAX_RATE = 192_000;
/** By channelConfiguration (table 1.19); 0 where frames or nobody tell. */
const CHANNELS = [0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8, 0] as const;
const DEFAULT_CHANNELS = 2;

const LOW_COMPLEXITY = 2;
const SBR = 5;
const PS = 29;
const LOW_DELAY = 23;
const ENHANCED_LOW_DELAY = 39;
/** Those that go on with a GASpecificConfig (4.4.1). */
const GENERAL: ReadonlySet<number> = new Set([1, 2, 3, 4, 6, 7, 17, 19, 20, 21, 22, LOW_DELAY]);
const SYNC_EXTENSION = 0x2b7;

/**
 * @param told what the container says, where the config says nothing
 * @throws CodecError `invalid`
 */
export function parseAacConfig(
  bytes: Uint8Array,
  told: { readonly sampleRate?: number; readonly channels?: number } = {},
): AacConfig {
  try {
    return read(new BitReader(bytes), told);
  } catch (error) {
    if (error instanceof BitsExhausted) throw new CodecError('invalid', 'an AudioSpecificConfig that breaks off');
    throw error;
  }
}

function read(bits: BitReader, told: Parameters<typeof parseAacConfig>[1] = {}): AacConfig {
  const declared = objectType(bits);
  const { rateIndex, sampleRate } = rate(bits);
  const channelConfiguration = bits.bits(4);
  const coreRate = usualRate(sampleRate) ?? usualRate(Math.round(told.sampleRate ?? 0));
  if (coreRate === undefined) throw new CodecError('invalid', 'an AudioSpecificConfig of no usual sampling rate');
  const explicit = declared === SBR || declared === PS;
  const inside = explicit ? optional(() => ({ rate: rate(bits).sampleRate, type: objectType(bits) })) : undefined;
  // Two bytes have no room for more than that there is SBR; what it extends is AAC-LC then.
  const core = inside?.type ?? (explicit ? LOW_COMPLEXITY : declared);
  let extended = usualRate(inside?.rate ?? 0);
  const { frameLength, program } = optional(() => readGeneral(bits, core, channelConfiguration)) ?? {
    frameLength: usualLength(core, false),
  };
  extended ??= optional(() => readExtension(bits));
  const channels = CHANNELS[channelConfiguration] || program?.channels || told.channels || DEFAULT_CHANNELS;
  return {
    objectType: core,
    codecString: `mp4a.40.${declared}`,
    coreRate,
    rateIndex,
    outputRate: extended ?? coreRate,
    channelConfiguration,
    channels,
    channelElements: program?.element,
    frameLength,
  };
}

/** What stands behind the part that all configs have; undefined if it breaks off, which players do not mind. */
function optional<T>(readPart: () => T): T | undefined {
  try {
    return readPart();
  } catch (error) {
    if (error instanceof BitsExhausted) return undefined;
    throw error;
  }
}

const usualRate = (hz: number): number | undefined => (hz > 0 && hz <= MAX_RATE ? hz : undefined);

function readGeneral(
  bits: BitReader,
  core: number,
  configuration: number,
): { frameLength: number; program?: ProgramConfig } {
  const frameLength = usualLength(core, (GENERAL.has(core) || core === ENHANCED_LOW_DELAY) && bits.flag());
  if (!GENERAL.has(core)) return { frameLength };
  if (bits.flag()) bits.skip(14); // coreCoderDelay
  bits.skip(1); // extensionFlag
  const program = configuration === 0 ? readProgramConfig(bits) : undefined;
  return program ? { frameLength, program } : { frameLength };
}

function usualLength(core: number, short: boolean): number {
  if (core === LOW_DELAY || core === ENHANCED_LOW_DELAY) return short ? 480 : 512;
  return short ? 960 : 1024;
}

/** SBR told behind a config that old players understand: the rate with it, if there is any. */
function readExtension(bits: BitReader): number | undefined {
  if (bits.bits(11) !== SYNC_EXTENSION || objectType(bits) !== SBR || !bits.flag()) return undefined;
  return usualRate(rate(bits).sampleRate);
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
