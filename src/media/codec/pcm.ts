import { CodecError } from './error.ts';

export interface WaveFormat {
  readonly channels: number;
  readonly sampleRate: number;
}

/** wFormatTag, nChannels, nSamplesPerSec, nAvgBytesPerSec, nBlockAlign, wBitsPerSample. */
const SHORTEST = 16;

/**
 * Reads the WAVEFORMATEX of G.711 audio: one byte per channel and sample.
 * @throws CodecError `invalid`
 */
export function parseWaveFormat(bytes: Uint8Array): WaveFormat {
  if (bytes.length < SHORTEST) throw new CodecError('invalid', 'a WAVEFORMATEX that breaks off');
  const u16 = (at: number): number => (bytes[at] as number) + (bytes[at + 1] as number) * 2 ** 8;
  const channels = u16(2);
  const sampleRate = u16(4) + u16(6) * 2 ** 16;
  if (channels === 0 || channels > 8 || sampleRate === 0 || sampleRate > 192_000 || u16(14) !== 8) {
    throw new CodecError('invalid', 'a WAVEFORMATEX that is not of G.711 audio');
  }
  return { channels, sampleRate };
}
