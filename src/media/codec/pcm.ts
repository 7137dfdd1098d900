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
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const channels = view.getUint16(2, true);
  const sampleRate = view.getUint32(4, true);
  if (channels === 0 || channels > 8 || sampleRate === 0 || sampleRate > 192_000 || view.getUint16(14, true) !== 8) {
    throw new CodecError('invalid', 'a WAVEFORMATEX that is not of G.711 audio');
  }
  return { channels, sampleRate };
}
