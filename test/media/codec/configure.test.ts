import { describe, expect, it } from 'vitest';
import { configure } from '../../../src/media/codec/configure.ts';
import { CodecError } from '../../../src/media/codec/error.ts';
import type { Track } from '../../../src/media/sample.ts';
import { type Fixture, fixture } from '../../support/fixtures.ts';
import { hex } from '../../support/mkv.ts';
import { fragmentsOf, tracksOf } from '../support/fragments.ts';

const AVC = '0142c01effe100196742c01eda0280bfe5c044000003000400000300c83c58ba8001000468ce3c80';
const WAVE = '0600 0100 401f0000 401f0000 0100 0800 0000';
const track = (codec: Track['codec'], privateData?: string, more: Partial<Track> = {}): Track => ({
  number: 1,
  kind: codec === 'avc' || codec === 'hevc' ? 'video' : 'audio',
  codec,
  codecId: codec,
  ...(privateData !== undefined && { codecPrivate: hex(privateData) }),
  ...more,
});
function faultOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof CodecError) return error.fault;
    throw error;
  }
  return 'none';
}

describe('configure', () => {
  it('reads H.264: codec string, size after cropping, parameter sets, length size', () => {
    expect(configure(track('avc', AVC))).toMatchObject({
      kind: 'video',
      codecString: 'avc1.42c01e',
      width: 640,
      height: 360,
      reorderFrames: 0,
      lengthSize: 4,
      timescale: 1000,
      parameterSets: [hex(AVC.slice(16, 16 + 50)), hex('68ce3c80')],
      record: hex(AVC),
    });
    // High profile: 640x368 coded, cropped to 360; extension bytes at the end of the record.
    const high = '0164001effe1001a6764001eacd940a02ff97011000003000100000300320f162d9601000468efbcb0fdf8f800';
    expect(configure(track('avc', high))).toMatchObject({
      codecString: 'avc1.64001e',
      width: 640,
      height: 360,
      reorderFrames: 2,
    });
  });

  // Parameter sets as x264 and x265 wrote them; ffprobe says the same sizes.
  it.each([
    ['fields', '67640028acd94078044fde0220000003002000000643e2c5b2c0', 1920, 1080],
    ['4:4:4', '67f4000d919b282a33c7c5e022000003000200000300641e28532c', 322, 182],
    ['4:2:2, 10 bits, scaling lists', '677a000db6cd941519e222f011000003000100000300320f142996', 322, 182],
    ['no colours', '6764000df365054678f8bc05b2000003000200000300641e28532c', 322, 182],
  ])('reads the size of H.264 pictures: %s', (_, sps, width, height) => {
    const record = `0164 0028 ff e1 ${hex(sps).length.toString(16).padStart(4, '0')} ${sps} 01 0004 68ce3c80`;
    expect(configure(track('avc', record))).toMatchObject({ width, height });
  });

  it.each([
    [
      'hvc1.1.6.H123.90',
      '0121600000009000000000007bf000fcfdf8f800000f',
      '42010121600000030090000003000003007ba00a480b9c9596566924caf0168080000003008000000c84',
    ],
    [
      'hvc1.4.10.L60.9E.8',
      '0104080000009e08000000003cf000fcfff8f8000013',
      '4201020408000003009e0800000300003c000090014901739ef2cacc566924caf0168080000003008000000c84',
    ],
    [
      'hvc1.4.10.L60.9D.8',
      '0104080000009d08000000003cf000fcfefafa00000f',
      '4201010408000003009d0800000300003cb00a480b9c96d96566924caf016808000003000800000300c840',
    ],
  ])('reads the size and names the codec of H.265: %s', (codecString, start, sps) => {
    const record = `${start} 01 a1 0001 ${hex(sps).length.toString(16).padStart(4, '0')} ${sps}`;
    expect(configure(track('hevc', record))).toMatchObject({ codecString, width: 322, height: 182, lengthSize: 4 });
  });

  it.each([
    ['h264-aac-gop1s.mkv', ['avc1.42c01e', 'mp4a.40.2']],
    ['h264-bframes-aac-gop2s.mkv', ['avc1.64001e', 'mp4a.40.2']],
    ['h265-aac-gop1s.mkv', ['hvc1.1.6.L60.90', 'mp4a.40.2']],
    ['gst-streamable.mkv', ['avc1.42c00c']],
    ['h264-mulaw-gop1s.mkv', ['avc1.42c01e', 'ulaw']],
  ] as const)('names the codecs of %s as RFC 6381 has them', (name: Fixture, strings) => {
    const tracks = tracksOf(fragmentsOf(fixture(name))[0]!);
    expect(tracks.map(({ config }) => config.codecString)).toEqual(strings);
    expect(tracks[0]!.config).toMatchObject({ width: 320, height: 180 });
  });

  it('reads AAC: object type, rate, channels', () => {
    expect(configure(track('aac', '118856e500'))).toMatchObject({
      kind: 'audio',
      codecString: 'mp4a.40.2',
      timescale: 48_000,
      channels: 1,
      frameLength: 1024,
      aac: { objectType: 2, rateIndex: 3, channelConfiguration: 1 },
    });
    expect(configure(track('aac', '1210'))).toMatchObject({ timescale: 44_100, channels: 2 });
    // 960 samples in a frame; HE-AAC v1 of 24 kHz, extended to 48 kHz; a rate that is in no table (37,800 Hz).
    expect(configure(track('aac', '1214'))).toMatchObject({ frameLength: 960 });
    expect(configure(track('aac', '2b098800'))).toMatchObject({ codecString: 'mp4a.40.5', timescale: 24_000 });
    expect(configure(track('aac', '178049d408'))).toMatchObject({ timescale: 37_800, aac: { rateIndex: 15 } });
  });

  it('takes the channels of the container where AAC leaves them to its frames', () => {
    expect(configure(track('aac', '1200', { channels: 6 }))).toMatchObject({ channels: 6 });
  });

  it('reads G.711 of both laws', () => {
    const expected = { timescale: 8000, channels: 1, frameLength: 0 };
    expect(configure(track('alaw', WAVE))).toMatchObject({ ...expected, codecString: 'alaw' });
    expect(configure(track('ulaw', WAVE))).toMatchObject({ ...expected, codecString: 'ulaw' });
  });

  it.each([
    ['parameter sets with start codes', 'avc', `00000001 ${AVC.slice(16, 66)} 00000001 68ce3c80`],
    ['a record that breaks off', 'avc', AVC.slice(0, 40)],
    ['lengths of three bytes', 'avc', AVC.replace('1effe1', '1efee1')],
    ['an empty H.265 record', 'hevc', '01'],
    ['H.265 parameter sets with start codes', 'hevc', `00000001 40010c01ffff ${'00'.repeat(30)}`],
    ['an H.265 record that breaks off', 'hevc', `01${'00'.repeat(20)}0f 01 20 0001 0018 40010c01`],
    ['an AudioSpecificConfig of one byte', 'aac', '11'],
    ['a reserved rate', 'aac', '1690'],
    ['a WAVEFORMATEX that breaks off', 'alaw', WAVE.slice(0, 20)],
    ['a WAVEFORMATEX without a rate', 'ulaw', WAVE.replace('401f0000 401f0000', '00000000 401f0000')],
    ['a WAVEFORMATEX without channels', 'ulaw', WAVE.replace('0600 0100', '0600 0000')],
  ] as const)('refuses as invalid: %s', (_, codec, data) => {
    expect(faultOf(() => configure(track(codec, data)))).toBe('invalid');
  });

  it('tells missing private data from codecs that it does not carry', () => {
    expect(faultOf(() => configure(track('avc')))).toBe('missing');
    expect(faultOf(() => configure(track('unknown', undefined, { codecId: 'A_MS/ACM' })))).toBe('missing');
    expect(faultOf(() => configure(track('unknown', '00', { codecId: 'A_MS/ACM' })))).toBe('unsupported');
    expect(faultOf(() => configure(track('unknown', undefined, { codecId: 'A_OPUS' })))).toBe('unsupported');
  });

  it('goes by the codec, not by what the container takes the track for', () => {
    expect(configure(track('aac', '1210', { kind: 'video' }))).toMatchObject({ kind: 'audio' });
    expect(configure(track('avc', AVC, { kind: 'other' }))).toMatchObject({ kind: 'video' });
  });
});

// What producers write whose streams play on AWS, to the byte; nothing of it may be refused.
describe('codec private data of real producers', () => {
  it.each([
    [
      'AWS, C producer and kvssink: an eighth of the bytes per second, 0 bits',
      '0600 0100 401f0000 e8030000 0100 0000 0000',
      1,
    ],
    ['the same with two channels', '0600 0200 401f0000 d0070000 0200 0000 0000', 2],
    ['AWS, embedded C producer: block align 0', '0600 0100 401f0000 401f0000 0000 0800 0000', 1],
    ['the same with two channels: 16 bits', '0600 0200 401f0000 803e0000 0000 1000 0000', 2],
    ['ffmpeg: all fields true', WAVE, 1],
    ['without the size of an extension', '0600 0100 401f0000 e8030000 0100 0000', 1],
    ['an extension that is not there', '0600 0100 401f0000 401f0000 0100 0800 1600', 1],
  ])('G.711 of %s', (_, data, channels) => {
    for (const codec of ['alaw', 'ulaw'] as const) {
      expect(configure(track(codec, data))).toMatchObject({ codecString: codec, timescale: 8000, channels });
    }
  });

  it('G.711 that leaves rate or channels to the container', () => {
    const data = '0600 0000 00000000 00000000 0000 0000 0000';
    expect(configure(track('alaw', data, { channels: 2, sampleRate: 16_000 }))).toMatchObject({
      timescale: 16_000,
      channels: 2,
    });
  });

  it.each([
    ['AWS and GStreamer: two bytes', '1190', { codecString: 'mp4a.40.2', timescale: 48_000, channels: 2 }],
    ['ffmpeg: five bytes, no SBR', '119056e500', { codecString: 'mp4a.40.2', timescale: 48_000, sampleRate: 48_000 }],
    ['SBR told behind', '131056e598', { codecString: 'mp4a.40.2', timescale: 24_000, sampleRate: 48_000 }],
    ['SBR told in front', '2b118800', { codecString: 'mp4a.40.5', timescale: 24_000, sampleRate: 48_000 }],
    ['SBR told in front, in two bytes', '2b10', { codecString: 'mp4a.40.5', timescale: 24_000, channels: 2 }],
    [
      'parametric stereo',
      'eb098800',
      { codecString: 'mp4a.40.29', timescale: 24_000, sampleRate: 48_000, channels: 1 },
    ],
    ['a rate of no table', '178049d408', { timescale: 37_800, aac: expect.objectContaining({ rateIndex: 15 }) }],
    [
      'an escaped object type, enhanced low delay',
      'f8e84000',
      { codecString: 'mp4a.40.39', timescale: 44_100, frameLength: 512 },
    ],
    ['MPEG-1 layer 3', 'f8482000', { codecString: 'mp4a.40.34', timescale: 44_100 }],
    ['seven channels and one', '11b8', { channels: 8 }],
    ['6.1 channels', '11d8', { channels: 7 }],
    // As ffmpeg's encoder writes it for layouts that have no number.
    ['channels told by an element, 2.1', '1200 0504010020000d4c61766335392e33372e31303056e500', { channels: 3 }],
    ['channels told by an element, four', '1200 0504040021100d4c61766335392e33372e31303056e500', { channels: 4 }],
    ['channels told by an element, eight', '1200 050848002008c8200d4c61766335392e33372e31303056e500', { channels: 8 }],
  ])('AAC of %s', (_, data, expected) => {
    expect(configure(track('aac', data))).toMatchObject(expected);
  });

  it('AAC of a reserved rate, with that of the container', () => {
    expect(configure(track('aac', '1690', { sampleRate: 48_000 }))).toMatchObject({ timescale: 48_000 });
  });

  const SPS = AVC.slice(16, 16 + 50);
  it.each([
    [
      'a High profile without what stands behind',
      '0164001e ff e1 001a 6764001eacd940a02ff97011000003000100000300320f162d96 01 0004 68efbcb0',
      640,
      360,
    ],
    ['zero bytes behind both sets', `0142c01e ff e1 001c ${SPS}000000 01 0006 68ce3c800000`, 640, 360],
    ['zero bytes behind the record', `${AVC}00000000`, 640, 360],
    ['no picture parameter set', AVC.slice(0, 16 + 50), 640, 360],
    ['a set of no bytes', `0142c01e ff e2 0000 0019 ${SPS} 01 0004 68ce3c80`, 640, 360],
    ['sets that are called each other', `0142c01e ff e1 0004 68ce3c80 01 0019 ${SPS}`, 640, 360],
    ['a sequence parameter set of two bytes', '0142c01eff e1 0002 6742 01 0004 68ce3c80', 320, 180],
    ['no parameter sets', '0142c01effe000', 320, 180],
    ['no parameter sets, not even a place for them', '0142c01eff e0', 320, 180],
  ])('H.264 with %s', (_, data, width, height) => {
    // Where the sets do not say how large pictures are, the container does.
    const record = data.length < 14 ? `${data}00` : data;
    expect(configure(track('avc', record, { width: 320, height: 180 }))).toMatchObject({
      width,
      height,
      lengthSize: 4,
    });
  });

  it('H.264 of another profile and level than its record says', () => {
    expect(configure(track('avc', AVC.replace('0142c01e', '01640033')))).toMatchObject({ codecString: 'avc1.42c01e' });
  });

  const VPS = '40010c01ffff216000000300900000030000030078959809';
  const HEVC_SPS = '42010121600000030090000003000003007ba00a480b9c9596566924caf0168080000003008000000c84';
  const sized = (set: string) => `${(set.length / 2).toString(16).padStart(4, '0')} ${set}`;
  const HEAD = '01 21 60000000 900000000000 7b f000 fc fd f8 f8 0000 0f';
  it.each([
    ['no array of picture parameter sets', `${HEAD} 02 20 0001 ${sized(VPS)} 21 0001 ${sized(HEVC_SPS)}`],
    [
      'arrays that take their types from their places',
      `${HEAD} 03 20 0001 ${sized(HEVC_SPS)} 21 0001 ${sized('4401c172b46240')} 22 0001 ${sized(VPS)}`,
    ],
    ['arrays without the bit that they are complete', `${HEAD} 01 21 0001 ${sized(HEVC_SPS)}`],
    ['an empty array', `${HEAD} 02 20 0000 21 0001 ${sized(HEVC_SPS)}`],
    ['another level in the record', `${HEAD.replace('7b f0', '3c f0')} 01 21 0001 ${sized(HEVC_SPS)}`],
  ])('H.265 with %s', (_, data) => {
    expect(configure(track('hevc', data))).toMatchObject({
      codecString: 'hvc1.1.6.H123.90',
      width: 322,
      height: 182,
      lengthSize: 4,
    });
  });

  it('H.265 without parameter sets, of the size that the container says', () => {
    const sizes = { width: 322, height: 182 };
    expect(configure(track('hevc', `${HEAD} 00`, sizes))).toMatchObject(sizes);
  });
});
