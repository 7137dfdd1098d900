import { CodecError } from './error.ts';

export interface WaveFormat {
  readonly channels: number;
  readonly sampleRate: number;
}

/** wFormatTag, nChannels, nSamplesPerSec, nAvgBytesPerSec, nBlockAlign, wBitsPerSample. */
const SHORTEST = 16;
const HIGHEST_RATE = 192_000;

/** More than any G.711 has, and no more than MP4 has room for. */
const MOST_CHANNELS = 255;

/**
 * Reads the WAVEFORMATEX of G.711 audio, which has one byte per channel and sample. Only channels and rate can be believed:
 * AWS's own producers write 0 bits per sample, a block align of 0, an eighth of the bytes per second.
 * @param told by the container, where a field is 0
 * @throws CodecError `invalid`
 */
export function parseWaveFormat(bytes: Uint8Array, told: Partial<WaveFormat> = {}): WaveFormat {
  if (bytes.length < SHORTEST) throw new CodecError('invalid', 'a WAVEFORMATEX that breaks off');
  const u16 = (at: number): number => (bytes[at] as number) + (bytes[at + 1] as number) * 2 ** 8;
  const channels = u16(2) || (told.channels ?? 0);
  const sampleRate = u16(4) + u16(6) * 2 ** 16 || Math.round(told.sampleRate ?? 0);
  if (channels === 0 || channels > MOST_CHANNELS || sampleRate === 0 || sampleRate > HIGHEST_RATE) {
    throw new CodecError('invalid', `a WAVEFORMATEX of ${channels} channels at ${sampleRate} Hz`);
  }
  return { channels, sampleRate };
}
