import { childAt, contentOf, type Element } from '../ebml/elements.ts';
import { readText } from '../ebml/text.ts';
import { type ElementTree, writeElements } from '../ebml/writer.ts';
import { MatroskaError } from './error.ts';
import { ID } from './ids.ts';

/** One SimpleTag. */
export interface SimpleTag {
  readonly name: string;
  /** Empty if the tag has no TagString. */
  readonly value: string;
  /** Bytes of name and value as they stand in the stream. */
  readonly nameSize: number;
  readonly valueSize: number;
  /** True if it describes a track, chapter or attachment (as ffmpeg's and mkvmerge's statistics do), not the stream. */
  readonly targeted: boolean;
}

/** Bytes of a Tags element that is looked at. */
export const LONGEST_TAGS = 1 << 20;

const UIDS: ReadonlySet<number> = new Set([ID.TagTrackUID, ID.TagEditionUID, ID.TagChapterUID, ID.TagAttachmentUID]);
const NOTHING = new Uint8Array();
/** Whoever looks for a name or shows one has no use for more of it. */
const LONGEST_TEXT = 1024;
/** Whoever counts tags knows by so many that they are too many. */
const MOST_TAGS = 100;

export const tagText = (bytes: Uint8Array): string => readText(bytes, LONGEST_TEXT);

/**
 * The SimpleTags in the content of a Tags element, in order; of those that describe the stream, and of the others, no more
 * than a hundred.
 * @param offset of `content` in the stream, for the error
 * @throws MatroskaError if the elements inside do not fit each other
 */
export function parseTags(content: Uint8Array, offset: number): SimpleTag[] {
  const found = { targeted: 0, all: [] as SimpleTag[] };
  const end = content.length;
  for (let at = 0; at < end; ) {
    const tag = fitting(content, at, end, offset);
    at = tag.contentAt + tag.size;
    if (tag.id === ID.Tag && !readTag(content, tag, offset, found)) break;
  }
  return found.all;
}

/** A child that is looked at alone: there may be as many as a megabyte has room for. */
function fitting(content: Uint8Array, at: number, end: number, offset: number): Element {
  const found = childAt(content, at, end);
  if (found === undefined) throw new MatroskaError('a Tags element whose children do not fill it', offset + at);
  return found;
}

/** False if no more tags are wanted. */
function readTag(
  content: Uint8Array,
  { contentAt, size }: Element,
  offset: number,
  found: { targeted: number; readonly all: SimpleTag[] },
): boolean {
  const end = contentAt + size;
  const targeted = isTargeted(content, contentAt, end, offset);
  for (let at = contentAt; at < end; ) {
    const part = fitting(content, at, end, offset);
    at = part.contentAt + part.size;
    if (part.id !== ID.SimpleTag) continue;
    if (targeted && found.targeted === MOST_TAGS) return true;
    if (!targeted && found.all.length - found.targeted === MOST_TAGS) return false;
    if (targeted) found.targeted += 1;
    found.all.push(readSimpleTag(content, part, targeted, offset));
  }
  return true;
}

function isTargeted(content: Uint8Array, from: number, end: number, offset: number): boolean {
  for (let at = from; at < end; ) {
    const part = fitting(content, at, end, offset);
    at = part.contentAt + part.size;
    if (part.id !== ID.Targets) continue;
    for (let inner = part.contentAt; inner < at; ) {
      const child = fitting(content, inner, at, offset);
      if (UIDS.has(child.id)) return true;
      inner = child.contentAt + child.size;
    }
  }
  return false;
}

function readSimpleTag(content: Uint8Array, { contentAt, size }: Element, targeted: boolean, offset: number) {
  let name: Uint8Array = NOTHING;
  let value: Uint8Array = NOTHING;
  const end = contentAt + size;
  for (let at = contentAt; at < end; ) {
    const child = fitting(content, at, end, offset);
    at = child.contentAt + child.size;
    if (child.id === ID.TagName) name = contentOf(content, child);
    if (child.id === ID.TagString) value = contentOf(content, child);
  }
  const sizes = { nameSize: name.length, valueSize: value.length };
  return { name: tagText(name), value: tagText(value), ...sizes, targeted };
}

const simpleTag = (name: string, value: string): ElementTree => ({
  id: ID.SimpleTag,
  content: [
    { id: ID.TagName, content: name },
    { id: ID.TagString, content: value },
  ],
});

/** One Tags element with one Tag that holds `pairs`; all sizes take four bytes. */
export const writeTags = (pairs: readonly (readonly [name: string, value: string])[]): Uint8Array =>
  writeElements([
    { id: ID.Tags, content: [{ id: ID.Tag, content: pairs.map(([name, value]) => simpleTag(name, value)) }] },
  ]);
