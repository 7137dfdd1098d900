import type { AudioConfig, Track, TrackConfig, VideoConfig } from '../sample.ts';
import { parseAacConfig } from './aac.ts';
import { parseAvcRecord } from './avc.ts';
import { CodecError } from './error.ts';
import { parseHevcRecord } from './hevc.ts';
import { parseWaveFormat } from './pcm.ts';

/** Matroska's clock as it comes in practice; exact for producers that count in milliseconds. */
const VIDEO_TIMESCALE = 1000;

/**
 * What is needed to write `track`.
 * @throws CodecError `unsupported`, `missing` or `invalid`
 */
export function configure(track: Track): TrackConfig {
  const { codec, codecId, codecPrivate } = track;
  // Which law it is stands in the private data, so without them the codec is not known.
  const acmWithoutFormat = codecId === 'A_MS/ACM' && codecPrivate === undefined;
  if (codec === 'unknown' && !acmWithoutFormat) throw new CodecError('unsupported', `codec ${codecId}`);
  const kind = codec === 'avc' || codec === 'hevc' ? 'video' : 'audio';
  if (track.kind !== kind) throw new CodecError('unsupported', `codec ${codecId} in a track that is not ${kind}`);
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
      const { channels, sampleRate } = parseWaveFormat(codecPrivate);
      return { kind: 'audio', codec, track, timescale: sampleRate, codecString: codec, channels, frameLength: 0 };
    }
    default:
      return codec satisfies never;
  }
}

type VideoRecord = Pick<
  VideoConfig,
  'lengthSize' | 'parameterSets' | 'width' | 'height' | 'reorderFrames' | 'codecString'
>;

const videoConfig = (
  track: Track,
  codec: VideoConfig['codec'],
  record: Uint8Array,
  parsed: VideoRecord,
): VideoConfig => ({ kind: 'video', codec, track, timescale: VIDEO_TIMESCALE, record, ...parsed });

function aacConfig(track: Track, specificConfig: Uint8Array): AudioConfig {
  const { codecString, sampleRate, frameLength, objectType, rateIndex, channels } = parseAacConfig(specificConfig);
  return {
    kind: 'audio',
    codec: 'aac',
    track,
    timescale: sampleRate,
    codecString,
    channels: channels === 0 ? (track.channels ?? 2) : channels,
    frameLength,
    aac: { specificConfig, objectType, rateIndex, channelConfiguration: channels === 8 ? 7 : channels },
  };
}
