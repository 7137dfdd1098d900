// A producer's body with the layout of AWS's C producer, byte for byte where the layout decides: sizes of sizes, order
// of elements, unknown sizes, one Tags per metadata item in front of the cluster it is meant for. The frames are noise
// in Annex B's clothes, from a seed.
import { ID } from './ids.ts';
import { type Bytes, concat, element, float, hex, openMaster, tags, text, uint, uintBytes, utf8 } from './mkv.ts';

export const END_OF_FRAGMENT = 'AWS_KINESISVIDEO_END_OF_FRAGMENT';

export interface ProducerFrame {
  readonly track: number;
  /** Ticks after the cluster's timecode. */
  readonly time: number;
  readonly key: boolean;
  readonly data: Bytes;
}
export interface ProducerFragment {
  readonly timecode: bigint;
  readonly frames: readonly ProducerFrame[];
  /** The Tags that stand in front of the cluster. */
  readonly tagsBefore: Bytes;
  /** From the cluster's id to the end of its last block. */
  readonly cluster: Bytes;
}
export interface ProducerStream {
  readonly bytes: Bytes;
  /** EBML, Segment's start, Info and Tracks. */
  readonly header: Bytes;
  readonly fragments: readonly ProducerFragment[];
  /** What follows the last cluster: END_OF_FRAGMENT, if asked for. */
  readonly end: Bytes;
}
export interface ProducerOptions {
  readonly seed?: number;
  readonly fragments?: number;
  /** Timecode of the first cluster, in ticks: 0 for a RELATIVE producer, the epoch for an ABSOLUTE one. */
  readonly timecode?: number | bigint;
  /** Nanoseconds per tick. */
  readonly timecodeScale?: number;
  /** Ticks between clusters and between frames. */
  readonly fragmentTicks?: number;
  readonly frameTicks?: number;
  /** Bytes of each delta frame; key frames have eight times as many, audio frames an eighth. */
  readonly frameBytes?: number;
  readonly audio?: boolean;
  /** Metadata to stand before each cluster, by the fragment's index. */
  readonly metadata?: (fragment: number) => Readonly<Record<string, string>>;
  /** Where END_OF_FRAGMENT stands: nowhere, after the last cluster (default), after each. */
  readonly endOfFragment?: 'never' | 'last' | 'each';
  /** False leaves out the codec private data, as the C producer does for frames that carry their own. */
  readonly codecPrivate?: boolean;
}

const EIGHT = { sizeWidth: 8 };
const FOUR = { sizeWidth: 4 };
/** avcC of a 640x360 constrained baseline stream. */
const AVCC = hex('0142c01effe100196742c01eda0280bfe5c044000003000400000300c83c58ba8001000468ce3c80');
const AAC_LC_48K_STEREO = hex('1190');

/** One Tags per item with sizes of eight bytes everywhere, as producers write them. */
export const producerTag = (name: string, value: string): Bytes => tags([[name, value]], EIGHT);

/** Numbers from a seed (mulberry32): tests need the same bytes each time, not good chance. */
export function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** `size` bytes: a start code, a NAL unit header, noise. */
export function annexB(size: number, key: boolean, next: () => number): Bytes {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at++) bytes[at] = next() & 0xff;
  bytes.set([0, 0, 0, 1, key ? 0x65 : 0x41].slice(0, size));
  return bytes;
}

export function producerHeader(options: ProducerOptions = {}): Bytes {
  const next = noise(options.seed ?? 1);
  const uid = concat(...[0, 1, 2, 3].map(() => uintBytes(next(), 4)));
  const info = element(
    ID.Info,
    [
      element(ID.SegmentUID, uid),
      uint(ID.TimecodeScale, options.timecodeScale ?? 1_000_000, { bytes: 8 }),
      utf8(ID.Title, 'Kinesis Video SDK'),
      utf8(ID.MuxingApp, 'Kinesis Video SDK 1.1.0'),
      utf8(ID.WritingApp, 'Kinesis Video SDK 1.1.0'),
    ],
    { sizeWidth: 2 },
  );
  const withPrivate = options.codecPrivate ?? true;
  const entry = (number: number, type: number, name: string, codec: string, rest: readonly Bytes[]): Bytes =>
    element(
      ID.TrackEntry,
      [
        uint(ID.TrackNumber, number),
        uint(ID.TrackUID, number, { bytes: 8 }),
        uint(ID.TrackType, type),
        utf8(ID.Name, name),
        utf8(ID.CodecID, codec),
        ...rest,
      ],
      FOUR,
    );
  const size = element(ID.Video, [uint(ID.PixelWidth, 640), uint(ID.PixelHeight, 360)], FOUR);
  const sound = element(ID.Audio, [float(ID.SamplingFrequency, 48_000), uint(ID.Channels, 2)], FOUR);
  const video = withPrivate ? [size, element(ID.CodecPrivate, AVCC)] : [];
  const audio = withPrivate ? [sound, element(ID.CodecPrivate, AAC_LC_48K_STEREO)] : [];
  const entries = [entry(1, 1, 'kvs_video_track', 'V_MPEG4/ISO/AVC', video)];
  if (options.audio) entries.push(entry(2, 2, 'kvs_audio_track', 'A_AAC', audio));
  return concat(EBML, openMaster(ID.Segment, 'unknown1'), info, element(ID.Tracks, entries, FOUR));
}
const EBML = concat(
  hex('1a45dfa3 a3 4286 81 01 42f7 81 01 42f2 81 04 42f3 81 08 4282 88'),
  text('matroska'),
  hex('4287 81 02 4285 81 02'),
);

/** A cluster as producers write it: unknown size, an eight-byte timecode, Position 0, SimpleBlocks with long sizes. */
export const producerCluster = (timecode: number | bigint, frames: readonly ProducerFrame[]): Bytes =>
  concat(
    openMaster(ID.Cluster, 'unknown1'),
    uint(ID.Timecode, timecode, { bytes: 8 }),
    uint(ID.Position, 0),
    ...frames.map((frame) => {
      const head = new DataView(new ArrayBuffer(4));
      head.setUint8(0, 0x80 | frame.track);
      head.setInt16(1, frame.time);
      head.setUint8(3, frame.key ? 0x80 : 0);
      return element(ID.SimpleBlock, [new Uint8Array(head.buffer), frame.data], EIGHT);
    }),
  );

export function producerStream(options: ProducerOptions = {}): ProducerStream {
  const next = noise((options.seed ?? 1) + 1);
  const count = options.fragments ?? 3;
  const fragmentTicks = options.fragmentTicks ?? 2000;
  const end = producerTag(END_OF_FRAGMENT, '');
  const endOfFragment = options.endOfFragment ?? 'last';
  const fragments = Array.from({ length: count }, (_, index): ProducerFragment => {
    const timecode = BigInt(options.timecode ?? 0) + BigInt(index) * BigInt(fragmentTicks);
    const items = Object.entries(options.metadata?.(index) ?? {}).map(([name, value]) => producerTag(name, value));
    // An END_OF_FRAGMENT belongs to the cluster before it, the metadata after it to the one that follows.
    if (endOfFragment === 'each' && index > 0) items.unshift(end);
    const frames = producerFrames(options, fragmentTicks, next);
    return { timecode, frames, tagsBefore: concat(...items), cluster: producerCluster(timecode, frames) };
  });
  const header = producerHeader(options);
  const tail = endOfFragment === 'never' ? new Uint8Array() : end;
  const body = fragments.flatMap((fragment) => [fragment.tagsBefore, fragment.cluster]);
  return { bytes: concat(header, ...body, tail), header, fragments, end: tail };
}

function producerFrames(options: ProducerOptions, ticks: number, next: () => number): ProducerFrame[] {
  const { frameTicks = 40, frameBytes = 200, audio = false } = options;
  const frames: ProducerFrame[] = [];
  for (let time = 0; time < ticks; time += frameTicks) {
    const key = time === 0;
    frames.push({ track: 1, time, key, data: annexB(key ? frameBytes * 8 : frameBytes, key, next) });
    if (audio) frames.push({ track: 2, time, key: true, data: annexB(Math.max(8, frameBytes >> 3), false, next) });
  }
  return frames;
}
