// Builds Matroska by hand, element by element, for tests. It knows nothing of src/media, so that neither can hide the
// other's mistakes. Every function returns bytes; sizes are as short as they can be unless a width is asked for.
import { crc32 as zlibCrc32 } from 'node:zlib';
import { ID } from './ids.ts';

export type Bytes = Uint8Array<ArrayBufferLike>;
/** Bytes of an element's size field: 1 to 8. */
export interface Width {
  readonly sizeWidth?: number;
}
/** How a master says where it ends: by a size, or not at all in one byte (FF) or in eight (01 FF FF FF FF FF FF FF). */
export type MasterSize = 'known' | 'unknown1' | 'unknown8';

export const concat = (...parts: readonly Bytes[]): Bytes => new Uint8Array(Buffer.concat(parts));
export const hex = (text: string): Bytes => new Uint8Array(Buffer.from(text.replace(/[\s|]/g, ''), 'hex'));
export const text = (value: string): Bytes => new TextEncoder().encode(value);

/** The bytes of an element id, which carries its own length. */
function idBytes(id: number): Bytes {
  const digits = id.toString(16);
  return hex(digits.length % 2 ? `0${digits}` : digits);
}

/** A big-endian unsigned integer of `width` bytes (as many as it needs, at least one, when absent). */
export function uintBytes(value: number | bigint, width?: number): Bytes {
  const digits = BigInt(value).toString(16);
  const bytes = hex(digits.padStart((width ?? Math.ceil(digits.length / 2)) * 2, '0'));
  if (width !== undefined && bytes.length !== width) throw new RangeError(`${value} does not fit in ${width} bytes`);
  return bytes;
}

/** An EBML variable-length size. A value of all ones means "unknown", so 127 already needs two bytes. */
export function vint(value: number | bigint, width?: number): Bytes {
  const size = BigInt(value);
  let chosen = width ?? 1;
  while (width === undefined && size >= (1n << BigInt(7 * chosen)) - 1n) chosen++;
  if (size >= 1n << BigInt(7 * chosen)) throw new RangeError(`${size} does not fit in a ${chosen}-byte size`);
  return uintBytes(size | (1n << BigInt(7 * chosen)), chosen);
}

export function element(id: number, payload: Bytes | readonly Bytes[], { sizeWidth }: Width = {}): Bytes {
  const body = payload instanceof Uint8Array ? payload : concat(...payload);
  return concat(idBytes(id), vint(body.length, sizeWidth), body);
}

/** An element that claims `size` bytes, whatever follows: for what real muxers would never write. */
export const claim = (id: number, size: number | bigint, sizeWidth?: number): Bytes =>
  concat(idBytes(id), vint(size, sizeWidth));

/** Start of a master whose end nobody says. */
export const openMaster = (id: number, size: Exclude<MasterSize, 'known'>): Bytes =>
  concat(idBytes(id), size === 'unknown1' ? hex('ff') : hex('01ffffffffffffff'));

const master = (id: number, children: readonly Bytes[], size: MasterSize, width: Width): Bytes =>
  size === 'known' ? element(id, children, width) : concat(openMaster(id, size), ...children);

export const uint = (id: number, value: number | bigint, options: Width & { bytes?: number } = {}): Bytes =>
  element(id, uintBytes(value, options.bytes), options);
export const utf8 = (id: number, value: string, width: Width = {}): Bytes => element(id, text(value), width);
export function float(id: number, value: number, bytes: 4 | 8 = 8): Bytes {
  const view = new DataView(new ArrayBuffer(bytes));
  if (bytes === 4) view.setFloat32(0, value);
  else view.setFloat64(0, value);
  return element(id, new Uint8Array(view.buffer));
}

export const ebmlHeader = (options: { docType?: string } & Width = {}): Bytes =>
  element(
    ID.EBML,
    [
      uint(ID.EBMLVersion, 1),
      uint(ID.EBMLReadVersion, 1),
      uint(ID.EBMLMaxIDLength, 4),
      uint(ID.EBMLMaxSizeLength, 8),
      utf8(ID.DocType, options.docType ?? 'matroska'),
      uint(ID.DocTypeVersion, 2),
      uint(ID.DocTypeReadVersion, 2),
    ],
    options,
  );

export const segment = (children: readonly Bytes[], options: { size?: MasterSize } & Width = {}): Bytes =>
  master(ID.Segment, children, options.size ?? 'unknown1', options);

/** Nanoseconds per tick; 1,000,000 (a millisecond) unless said otherwise, and then always written. */
export const info = (options: { timecodeScale?: number; title?: string } & Width = {}): Bytes =>
  element(
    ID.Info,
    [
      uint(ID.TimecodeScale, options.timecodeScale ?? 1_000_000),
      utf8(ID.Title, options.title ?? 'test'),
      utf8(ID.MuxingApp, 'test'),
      utf8(ID.WritingApp, 'test'),
    ],
    options,
  );

export interface Track {
  readonly number: number;
  readonly type?: 'video' | 'audio';
  readonly codecId?: string;
  readonly codecPrivate?: Bytes;
  readonly name?: string;
}
const VIDEO_TYPE = 1;
const AUDIO_TYPE = 2;

export function trackEntry(track: Track): Bytes {
  const audio = track.type === 'audio';
  return element(ID.TrackEntry, [
    uint(ID.TrackNumber, track.number),
    uint(ID.TrackUID, track.number, { bytes: 8 }),
    uint(ID.TrackType, audio ? AUDIO_TYPE : VIDEO_TYPE),
    utf8(ID.Name, track.name ?? `track ${track.number}`),
    utf8(ID.CodecID, track.codecId ?? (audio ? 'A_AAC' : 'V_MPEG4/ISO/AVC')),
    ...(track.codecPrivate ? [element(ID.CodecPrivate, track.codecPrivate)] : []),
    audio
      ? element(ID.Audio, [float(ID.SamplingFrequency, 48_000), uint(ID.Channels, 1)])
      : element(ID.Video, [uint(ID.PixelWidth, 320), uint(ID.PixelHeight, 180)]),
  ]);
}
export const tracks = (list: readonly Track[] = [{ number: 1 }], width: Width = {}): Bytes =>
  element(ID.Tracks, list.map(trackEntry), width);

export type TagValues = Readonly<Record<string, string>> | readonly (readonly [name: string, value: string])[];
/** One Tags with one Tag. `targets` adds an empty Targets, or one that names a track's UID. */
export function tags(values: TagValues, options: Width & { targets?: true | { trackUid: number } } = {}): Bytes {
  const width: Width = options.sizeWidth === undefined ? {} : { sizeWidth: options.sizeWidth };
  const pairs = Array.isArray(values) ? (values as readonly [string, string][]) : Object.entries(values);
  const simple = pairs.map(([name, value]) =>
    element(ID.SimpleTag, [utf8(ID.TagName, name, width), utf8(ID.TagString, value, width)], width),
  );
  const { targets } = options;
  const uid = typeof targets === 'object' ? [uint(ID.TagTrackUID, targets.trackUid, width)] : [];
  const target = targets ? [element(ID.Targets, uid, width)] : [];
  return element(ID.Tags, [element(ID.Tag, [...target, ...simple], width)], width);
}

export interface ClusterOptions extends Width {
  /** In ticks of the timecode scale. Absent: no Timecode element at all. */
  readonly timecode?: number | bigint;
  /** Bytes of the timecode; as few as it needs when absent. */
  readonly timecodeBytes?: number;
  readonly size?: MasterSize;
  readonly position?: number;
  readonly prevSize?: number;
  /** A right CRC-32 as the first child. Needs a known size. */
  readonly crc?: boolean;
}
export function cluster(options: ClusterOptions, children: readonly Bytes[]): Bytes {
  const time = options.timecodeBytes === undefined ? {} : { bytes: options.timecodeBytes };
  const body = [
    ...(options.timecode === undefined ? [] : [uint(ID.Timecode, options.timecode, time)]),
    ...(options.position === undefined ? [] : [uint(ID.Position, options.position)]),
    ...(options.prevSize === undefined ? [] : [uint(ID.PrevSize, options.prevSize)]),
    ...children,
  ];
  return master(ID.Cluster, options.crc ? withCrc(body) : body, options.size ?? 'unknown1', options);
}

export type Lacing = 'none' | 'xiph' | 'fixed' | 'ebml';
export interface BlockOptions extends Width {
  readonly track?: number;
  /** Ticks after the cluster's timecode: a signed 16-bit number. */
  readonly time?: number;
  readonly key?: boolean;
  readonly invisible?: boolean;
  readonly discardable?: boolean;
  readonly lacing?: Lacing;
  readonly data?: Bytes;
  /** Several frames in one block; needs a lacing. */
  readonly frames?: readonly Bytes[];
}
const LACING_BITS: Readonly<Record<Lacing, number>> = { none: 0, xiph: 0x02, fixed: 0x04, ebml: 0x06 };

function blockBody(options: BlockOptions, keyFlag: boolean): Bytes {
  const frames = options.frames ?? [options.data ?? text('frame')];
  const lacing = options.lacing ?? 'none';
  if (lacing === 'none' && frames.length !== 1) throw new Error('several frames in a block need a lacing');
  const flags =
    (keyFlag ? 0x80 : 0) | (options.invisible ? 0x08 : 0) | LACING_BITS[lacing] | (options.discardable ? 0x01 : 0);
  const head = new DataView(new ArrayBuffer(3));
  head.setInt16(0, options.time ?? 0);
  head.setUint8(2, flags);
  return concat(vint(options.track ?? 1), new Uint8Array(head.buffer), laceSizes(lacing, frames), ...frames);
}

/** Number of frames less one, then every size but the last (RFC 9559, 10.3). */
function laceSizes(lacing: Lacing, frames: readonly Bytes[]): Bytes {
  if (lacing === 'none') return new Uint8Array();
  const count = Uint8Array.of(frames.length - 1);
  const sizes = frames.slice(0, -1).map((frame) => frame.length);
  if (lacing === 'xiph') {
    const sums = sizes.map((size) => Uint8Array.from([...new Array(Math.floor(size / 255)).fill(255), size % 255]));
    return concat(count, ...sums);
  }
  if (lacing === 'ebml') {
    const differences = sizes.slice(1).map((size, index) => signedVint(size - (sizes[index] ?? 0)));
    return concat(count, ...sizes.slice(0, 1).map((size) => vint(size)), ...differences);
  }
  if (frames.some((frame) => frame.length !== frames[0]?.length)) throw new Error('fixed lacing needs equal sizes');
  return count;
}

/** EBML lacing's differences: a vint whose value is shifted so that half of its range is negative. */
function signedVint(value: number): Bytes {
  let width = 1;
  while (Math.abs(value) > 2 ** (7 * width - 1) - 1) width++;
  return vint(value + 2 ** (7 * width - 1) - 1, width);
}

export const simpleBlock = (options: BlockOptions = {}): Bytes =>
  element(ID.SimpleBlock, blockBody(options, options.key ?? false), options);

/** A block is a key frame when it refers to no other. */
export const blockGroup = (options: BlockOptions & { duration?: number } = {}): Bytes =>
  element(
    ID.BlockGroup,
    [
      element(ID.Block, blockBody(options, false)),
      ...(options.duration === undefined ? [] : [uint(ID.BlockDuration, options.duration)]),
      ...(options.key === false ? [element(ID.ReferenceBlock, hex('d8'))] : []),
    ],
    options,
  );

/** A Void that takes `total` bytes with its id and size. */
export function voidElement(total: number): Bytes {
  const width = total - 2 < 127 ? 1 : 8;
  return element(ID.Void, new Uint8Array(total - 1 - width), { sizeWidth: width });
}

/** `children` with a right CRC-32 of them in front: 32 bits, least significant byte first (RFC 8794, 11.3.1). */
export function withCrc(children: readonly Bytes[]): readonly Bytes[] {
  const sum = new DataView(new ArrayBuffer(4));
  sum.setUint32(0, zlibCrc32(concat(...children)), true);
  return [element(ID.CRC32, new Uint8Array(sum.buffer)), ...children];
}

export const cues = (points: readonly { time: number; track: number; position: number }[]): Bytes =>
  element(
    ID.Cues,
    points.map(({ time, track, position }) =>
      element(ID.CuePoint, [
        uint(ID.CueTime, time),
        element(ID.CueTrackPositions, [uint(ID.CueTrack, track), uint(ID.CueClusterPosition, position)]),
      ]),
    ),
  );
