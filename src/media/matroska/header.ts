import { concatenate } from '../bytes/concatenate.ts';
import { childAt, children, contentOf, type Element, readElement } from '../ebml/elements.ts';
import { readText } from '../ebml/text.ts';
import { readUnsigned } from '../ebml/vint.ts';
import { MatroskaError, MISFIT } from './error.ts';
import { ID } from './ids.ts';
import { parseTags, type SimpleTag } from './tags.ts';
import { withoutTag } from './withoutTag.ts';

/** What stands in front of the first Cluster of a document. */
export interface MatroskaHeader {
  /**
   * The bytes as received, but for the Segment's size, which becomes unknown and takes eight bytes: put a Cluster behind
   * them and it is a document of its own.
   */
  readonly bytes: Uint8Array;
  /** The same without the Tags elements of the Segment. */
  readonly bytesWithoutTags: Uint8Array;
  /** Nanoseconds per tick of the timestamps of Clusters and Blocks. */
  readonly timestampScale: bigint;
  readonly trackNumbers: readonly number[];
  readonly tags: readonly SimpleTag[];
}

const UNKNOWN_SIZE_BYTES = Uint8Array.of(0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
const DEFAULT_TIMESTAMP_SCALE = 1_000_000n;
/** Whoever has a rule for them knows by so many that they are too many. */
const MOST_TRACKS = 127;
const LONGEST_DOC_TYPE = 32;
const DOC_TYPES: ReadonlySet<string> = new Set(['matroska', 'webm']);

/**
 * Reads the bytes from an EBML header up to, not including, the first Cluster.
 * @param offset of `bytes` in the stream, for the error
 * @param signal name of tags that are left out
 * @throws MatroskaError if they are not the beginning of a Matroska document, or name no track
 */
export function parseHeader(bytes: Uint8Array, offset: number, signal?: string): MatroskaHeader {
  const fail = (message: string, at: number): never => {
    throw new MatroskaError(message, offset + at);
  };
  const inside = ({ contentAt, size }: Element): Element[] =>
    children(bytes, contentAt, contentAt + size) ?? fail(MISFIT, contentAt);

  const unsigned = (element: Element): bigint =>
    element.size > 8
      ? fail('a number longer than 8 bytes', element.contentAt)
      : readUnsigned(contentOf(bytes, element));

  const segment = findSegment(bytes) ?? fail('no Segment in front of the first Cluster', bytes.length);
  const parts = children(bytes, segment.contentAt) ?? fail(`the Segment breaks off, or ${MISFIT}`, segment.contentAt);
  let timestampScale = DEFAULT_TIMESTAMP_SCALE;
  const trackNumbers: number[] = [];
  const tags: SimpleTag[] = [];
  const elements: Uint8Array[] = [];
  for (const part of parts) {
    let element = bytes.subarray(part.start, part.contentAt + part.size);
    if (part.id === ID.Tags) {
      if (signal !== undefined) element = withoutTag(element, signal);
      const content = element.subarray(part.contentAt - part.start);
      // Not spread: there may be more of them than a call takes arguments.
      for (const tag of parseTags(content, offset + part.contentAt)) tags.push(tag);
    }
    elements.push(element);
    if (part.id === ID.Info) {
      const scale = inside(part).find((child) => child.id === ID.TimestampScale);
      // An empty element stands for its default (RFC 8794, section 6.1).
      if (scale && scale.size > 0) timestampScale = unsigned(scale);
    }
    if (part.id !== ID.Tracks) continue;
    const end = part.contentAt + part.size;
    for (let at = part.contentAt; at < end && trackNumbers.length <= MOST_TRACKS; ) {
      const entry = childAt(bytes, at, end) ?? fail(MISFIT, at);
      at = entry.contentAt + entry.size;
      if (entry.id !== ID.TrackEntry) continue;
      const number = inside(entry).find((child) => child.id === ID.TrackNumber);
      const value = number === undefined ? 0 : Number(unsigned(number));
      if (value === 0) fail('a TrackEntry without a TrackNumber', entry.start);
      trackNumbers.push(value);
    }
  }
  if (timestampScale === 0n) fail('a TimestampScale of 0', segment.contentAt);
  if (trackNumbers.length === 0) fail('no Tracks in front of the first Cluster', bytes.length);

  const opening = [bytes.subarray(0, segment.sizeAt), UNKNOWN_SIZE_BYTES];
  const whole = concatenate([...opening, ...elements]);
  const others = elements.filter((_, index) => parts[index]?.id !== ID.Tags);
  return {
    bytes: whole,
    bytesWithoutTags: others.length === parts.length ? whole : concatenate([...opening, ...others]),
    timestampScale,
    trackNumbers,
    tags,
  };
}

/** The Segment, behind the EBML header and whatever padding follows it. */
function findSegment(bytes: Uint8Array): Element | undefined {
  for (let at = 0; ; ) {
    const element = readElement(bytes, at, bytes.length);
    if (element === undefined || element.id === ID.Segment) return element;
    at = element.contentAt + element.size;
  }
}

/** True if `content`, of an EBML header, declares Matroska or WebM; a header without a DocType declares Matroska. */
export function declaresMatroska(content: Uint8Array): boolean {
  const docType = children(content)?.find((child) => child.id === ID.DocType);
  if (docType === undefined) return children(content) !== undefined;
  // One old producer pads the string with a NUL.
  return DOC_TYPES.has(readText(contentOf(content, docType), LONGEST_DOC_TYPE));
}
