import { children, contentOf, type Element, readElement } from '../ebml/elements.ts';
import { readText } from '../ebml/text.ts';
import { readUnsigned } from '../ebml/vint.ts';
import type { CodecName, Track } from '../sample.ts';
import { MatroskaError, MISFIT } from './error.ts';
import { ID } from './ids.ts';

const VIDEO_TYPE = 1;
const AUDIO_TYPE = 2;
const CODECS: ReadonlyMap<string, CodecName> = new Map([
  ['V_MPEG4/ISO/AVC', 'avc'],
  ['V_MPEGH/ISO/HEVC', 'hevc'],
  // Two spellings that are in use although Matroska has neither.
  ['V_MPEG/ISO/AVC', 'avc'],
  ['V_MPEG/ISO/HEVC', 'hevc'],
  ['A_AAC', 'aac'],
]);
/** What a codec is of, whatever the type of its track says. */
const KINDS: Partial<Record<CodecName, Track['kind']>> = {
  avc: 'video',
  hevc: 'video',
  aac: 'audio',
  alaw: 'audio',
  ulaw: 'audio',
};
/** wFormatTag of a WAVEFORMATEX. */
const WAVE_FORMATS: ReadonlyMap<number, CodecName> = new Map([
  [6, 'alaw'],
  [7, 'ulaw'],
]);

/** The longest that is known has 32 characters. */
const LONGEST_CODEC_ID = 128;

/**
 * The tracks that the bytes in front of a document's first Cluster declare, in their order.
 * @throws MatroskaError
 */
export function readTracks(header: Uint8Array): Track[] {
  const inside = (at: number, end: number): Element[] => {
    const found = children(header, at, end);
    if (found === undefined) throw new MatroskaError(MISFIT, at);
    return found;
  };
  const found: Track[] = [];
  for (const part of inside(segmentContent(header), header.length)) {
    if (part.id !== ID.Tracks) continue;
    for (const entry of inside(part.contentAt, part.contentAt + part.size)) {
      if (entry.id !== ID.TrackEntry) continue;
      const fields = new Fields(header, inside(entry.contentAt, entry.contentAt + entry.size), inside);
      found.push(trackOf(fields, entry.start));
    }
  }
  return found;
}

function segmentContent(header: Uint8Array): number {
  for (let at = 0; ; ) {
    const element = readElement(header, at, header.length);
    if (element === undefined || (element.size < 0 && element.id !== ID.Segment)) {
      throw new MatroskaError('no Segment in front of the first Cluster', at);
    }
    if (element.id === ID.Segment) return element.contentAt;
    at = element.contentAt + element.size;
  }
}

function trackOf(fields: Fields, start: number): Track {
  const number = fields.unsigned(ID.TrackNumber);
  if (number === undefined || number === 0) throw new MatroskaError('a TrackEntry without a TrackNumber', start);
  const type = fields.unsigned(ID.TrackType);
  const video = fields.master(ID.Video);
  const audio = fields.master(ID.Audio);
  const codecId = readText(fields.bytes(ID.CodecID) ?? new Uint8Array(), LONGEST_CODEC_ID);
  const codecPrivate = fields.bytes(ID.CodecPrivate);
  const codec = fields.bytes(ID.ContentEncodings) === undefined ? codecOf(codecId, codecPrivate) : 'unknown';
  return {
    number,
    kind: KINDS[codec] ?? (type === VIDEO_TYPE ? 'video' : type === AUDIO_TYPE ? 'audio' : 'other'),
    codec,
    codecId,
    ...(codecPrivate !== undefined && codecPrivate.length > 0 ? { codecPrivate } : {}),
    ...defined('width', video?.unsigned(ID.PixelWidth)),
    ...defined('height', video?.unsigned(ID.PixelHeight)),
    ...defined('sampleRate', audio?.float(ID.SamplingFrequency)),
    ...defined('channels', audio?.unsigned(ID.Channels)),
    ...defined('defaultDurationNs', fields.unsigned(ID.DefaultDuration)),
  };
}

function codecOf(id: string, codecPrivate: Uint8Array | undefined): CodecName {
  if (id.startsWith('A_AAC/')) return 'aac';
  if (id === 'A_MS/ACM' && codecPrivate !== undefined && codecPrivate.length >= 2) {
    return WAVE_FORMATS.get((codecPrivate[0] as number) | ((codecPrivate[1] as number) << 8)) ?? 'unknown';
  }
  return CODECS.get(id) ?? 'unknown';
}

/** A number that is there and says something: a width, rate or duration of 0 says nothing. */
const defined = <K extends string>(key: K, value: number | undefined) =>
  (value === undefined || !(value > 0) || !Number.isFinite(value) ? {} : { [key]: value }) as { [P in K]?: number };

/** The children of one master by their id. */
class Fields {
  readonly #bytes: Uint8Array;
  readonly #elements: readonly Element[];
  readonly #inside: (at: number, end: number) => Element[];

  constructor(bytes: Uint8Array, elements: readonly Element[], inside: (at: number, end: number) => Element[]) {
    this.#bytes = bytes;
    this.#elements = elements;
    this.#inside = inside;
  }

  bytes(id: number): Uint8Array | undefined {
    const element = this.#elements.find((child) => child.id === id);
    return element === undefined ? undefined : contentOf(this.#bytes, element);
  }

  unsigned(id: number): number | undefined {
    const bytes = this.bytes(id);
    return bytes === undefined ? undefined : Number(readUnsigned(bytes.subarray(0, 8)));
  }

  float(id: number): number | undefined {
    const bytes = this.bytes(id);
    if (bytes?.length !== 4 && bytes?.length !== 8) return undefined;
    const room = new ArrayBuffer(bytes.length);
    new Uint8Array(room).set(bytes);
    const view = new DataView(room);
    return bytes.length === 4 ? view.getFloat32(0) : view.getFloat64(0);
  }

  master(id: number): Fields | undefined {
    const element = this.#elements.find((child) => child.id === id);
    if (element === undefined) return undefined;
    const { contentAt, size } = element;
    return new Fields(this.#bytes, this.#inside(contentAt, contentAt + size), this.#inside);
  }
}
