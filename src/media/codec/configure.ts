import type { AudioConfig, Track, TrackConfig, VideoConfig } from '../sample.ts';
import { parseAacConfig } from './aac.ts';
import { parseAvcRecord } from './avc.ts';
import { CodecError } from './error.ts';
import { parseHevcRecord } from './hevc.ts';
import { described } from './inBand.ts';
import type { VideoRecord } from './parameterSets.ts';
import { parseWaveFormat } from './pcm.ts';

/** Matroska's clock as it comes in practice; exact for producers that count in milliseconds. */
const VIDEO_TIMESCALE = 1000;

/**
 * What is needed to write `track`. Where the codec private data and the container say different things, the former are
 * right; the container is heard only where they say nothing.
 * @throws CodecError `unsupported`, `missing` or `invalid`
 */
export function configure(track: Track): TrackConfig {
  const { codec, codecId, codecPrivate } = track;
  // Which law it is stands in the private data, so without them the codec is not known.
  const acmWithoutFormat = codecId === 'A_MS/ACM' && codecPrivate === undefined;
  if (codec === 'unknown' && !acmWithoutFormat) throw new CodecError('unsupported', `codec ${codecId}`);
  if (codecPrivate === undefined || codec === 'unknown') {
    throw new CodecError('missing', `no codec private data for track ${track.number}`);
  }
  switch (codec) {
    case 'avc':
      return videoConfig(track, codec, codecPrivate, parseAvcRecord(codecPrivate));
    case 'hevc':
      return videoConfig(track, codec, codecPrivate, parseHevcRecord(codecPrivate));
    case 'aac':
      return aacConfig(track, codecPrivate);
    case 'alaw':
    case 'ulaw': {
      const { channels, sampleRate } = parseWaveFormat(codecPrivate, track);
      const shared = { timescale: sampleRate, sampleRate, channels };
      return { kind: 'audio', codec, track, ...shared, codecString: codec, frameLength: 0 };
    }
    default:
      return codec satisfies never;
  }
}

function videoConfig(track: Track, codec: VideoConfig['codec'], record: Uint8Array, parsed: VideoRecord): VideoConfig {
  const { width = 0, height = 0 } = track;
  const size = { width, height, reorderFrames: 0 };
  const config: VideoConfig = { kind: 'video', codec, track, timescale: VIDEO_TIMESCALE, record, ...size, ...parsed };
  return described(config, parsed.parameterSets);
}

function aacConfig(track: Track, specificConfig: Uint8Array): AudioConfig {
  const parsed = parseAacConfig(specificConfig, track);
  const { codecString, coreRate, outputRate, frameLength, objectType, rateIndex, channels, channelElements } = parsed;
  return {
    kind: 'audio',
    codec: 'aac',
    track,
    timescale: coreRate,
    sampleRate: outputRate,
    codecString,
    channels,
    frameLength,
    aac: {
      specificConfig,
      objectType,
      rateIndex,
      channelConfiguration: parsed.channelConfiguration,
      ...(channelElements && { channelElements }),
    },
  };
}
