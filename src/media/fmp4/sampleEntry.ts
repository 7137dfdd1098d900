import { concatenate } from '../bytes/concatenate.ts';
import type { AudioConfig, TrackConfig, VideoConfig } from '../sample.ts';
import { box, fullBox, u8, u16, u32, zeros } from './box.ts';

/** `stsd` with the one entry that describes the track's samples. */
export const sampleDescription = (config: TrackConfig): Uint8Array =>
  fullBox('stsd', 0, 0, u32(1), config.kind === 'video' ? visualEntry(config) : audioEntry(config));

/** Reserved bytes and the data reference: the samples are in this file. */
const COMMON = concatenate([zeros(6), u16(1)]);
const DPI_72 = 0x0048_0000;

function visualEntry({ codec, record, width, height }: VideoConfig): Uint8Array {
  // `hvc1` and not `hev1`: the parameter sets stand in the record, and Apple's players take nothing else.
  const [entry, configuration] = codec === 'avc' ? ['avc1', 'avcC'] : ['hvc1', 'hvcC'];
  return box(
    entry as string,
    COMMON,
    zeros(16),
    u16(width, height),
    u32(DPI_72, DPI_72, 0),
    u16(1), // frames in a sample
    zeros(32), // name of the compressor
    u16(0x18, 0xffff),
    box(configuration as string, record),
  );
}

const PCM_BITS = 16;

function audioEntry(config: AudioConfig): Uint8Array {
  const { codec, channels, timescale, aac } = config;
  return box(
    codec === 'aac' ? 'mp4a' : codec,
    COMMON,
    zeros(8),
    u16(channels, PCM_BITS, 0, 0),
    // 16.16; a rate that does not fit stands in the codec's own configuration.
    u16(timescale <= 0xffff ? timescale : 0, 0),
    aac === undefined ? zeros(0) : elementaryStream(aac.specificConfig),
  );
}

/** Descriptor tags of ISO/IEC 14496-1, table 1. */
const TAG = { ES: 3, DecoderConfig: 4, DecoderSpecificInfo: 5, SLConfig: 6 } as const;
const OBJECT_MPEG4_AUDIO = 0x40;
const STREAM_AUDIO = 0x15; // AudioStream, upstream 0, reserved 1
const SL_MP4 = 2;

const elementaryStream = (specificConfig: Uint8Array): Uint8Array =>
  fullBox(
    'esds',
    0,
    0,
    descriptor(
      TAG.ES,
      u8(0, 0, 0), // ES_ID, flags
      descriptor(
        TAG.DecoderConfig,
        u8(OBJECT_MPEG4_AUDIO, STREAM_AUDIO, 0, 0, 0), // buffer size: not told
        u32(0, 0), // greatest and average bit rate: not told
        descriptor(TAG.DecoderSpecificInfo, specificConfig),
      ),
      descriptor(TAG.SLConfig, u8(SL_MP4)),
    ),
  );

/** The size takes four bytes of seven bits each, which readers everywhere expect. */
function descriptor(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = concatenate(content);
  const size = body.length;
  return concatenate([u8(tag, 0x80 | (size >> 21), 0x80 | (size >> 14), 0x80 | (size >> 7), size & 0x7f), body]);
}
