import { concatenate } from '../bytes/concatenate.ts';
import { writeSize } from '../ebml/vint.ts';
import { type ElementTree, writeElements } from '../ebml/writer.ts';
import { ID, KEY_FLAG } from './ids.ts';

export interface WrittenTrack {
  readonly number: number;
  readonly codec: string;
  readonly configuration: Uint8Array;
  /** Of a frame, in nanoseconds. */
  readonly frameTime: number;
  readonly video?: { readonly width: number; readonly height: number };
  readonly audio?: { readonly rate: number; readonly channels: number };
}

const SEGMENT_START = Uint8Array.of(0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
const CLUSTER_START = Uint8Array.of(0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
const MILLISECOND = 1_000_000;

function unsigned(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; rest > 0 || bytes.length === 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from(bytes);
}

function float(value: number): Uint8Array {
  const room = new ArrayBuffer(8);
  new DataView(room).setFloat64(0, value);
  return new Uint8Array(room);
}

function trackEntry({ number, codec, configuration, frameTime, video, audio }: WrittenTrack): ElementTree {
  const content: ElementTree[] = [
    { id: ID.TrackNumber, content: unsigned(number) },
    { id: ID.TrackUID, content: unsigned(number) },
    { id: ID.TrackType, content: unsigned(video === undefined ? 2 : 1) },
    { id: ID.CodecID, content: codec },
    { id: ID.CodecPrivate, content: configuration },
    { id: ID.DefaultDuration, content: unsigned(Math.round(frameTime)) },
  ];
  if (video !== undefined) {
    const size = [
      { id: ID.PixelWidth, content: unsigned(video.width) },
      { id: ID.PixelHeight, content: unsigned(video.height) },
    ];
    content.push({ id: ID.Video, content: size });
  }
  if (audio !== undefined) {
    const form = [
      { id: ID.SamplingFrequency, content: float(audio.rate) },
      { id: ID.Channels, content: unsigned(audio.channels) },
    ];
    content.push({ id: ID.Audio, content: form });
  }
  return { id: ID.TrackEntry, content };
}

/** What stands in front of the Clusters of a document that has no end yet; times are in milliseconds. */
export function documentStart(tracks: readonly WrittenTrack[], muxer: string): Uint8Array {
  const ebml = [
    { id: ID.DocType, content: 'matroska' },
    { id: ID.DocTypeVersion, content: unsigned(4) },
    { id: ID.DocTypeReadVersion, content: unsigned(2) },
  ];
  const info = [
    { id: ID.TimestampScale, content: unsigned(MILLISECOND) },
    { id: ID.MuxingApp, content: muxer },
    { id: ID.WritingApp, content: muxer },
  ];
  return concatenate([
    writeElements([{ id: ID.EBML, content: ebml }]),
    SEGMENT_START,
    writeElements([
      { id: ID.Info, content: info },
      { id: ID.Tracks, content: tracks.map(trackEntry) },
    ]),
  ]);
}

/** A Cluster that ends where the next one begins. */
export const clusterStart = (ms: number): Uint8Array =>
  concatenate([CLUSTER_START, writeElements([{ id: ID.Timestamp, content: unsigned(ms), sizeLength: 1 }])]);

/** One frame, so many milliseconds behind the time of its Cluster. */
export function simpleBlock(track: number, ms: number, key: boolean, frame: Uint8Array): Uint8Array {
  const head = Uint8Array.of(ID.SimpleBlock, 0, 0, 0, 0, 0x80 | track, ms >> 8, ms, key ? KEY_FLAG : 0);
  head.set(writeSize(4 + frame.length, 4), 1);
  return concatenate([head, frame]);
}
