import { children, contentOf } from '../ebml/elements.ts';
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

const UIDS: ReadonlySet<number> = new Set([ID.TagTrackUID, ID.TagEditionUID, ID.TagChapterUID, ID.TagAttachmentUID]);
const decoder = new TextDecoder();
/** Producers pad strings with NULs to a fixed width. */
export const tagText = (bytes: Uint8Array): string => decoder.decode(bytes).replace(/\0+$/, '');

/**
 * The SimpleTags in the content of a Tags element, in order.
 * @param offset of `content` in the stream, for the error
 * @throws MatroskaError if the elements inside do not fit each other
 */
export function parseTags(content: Uint8Array, offset: number): SimpleTag[] {
  const inside = (at: number, end: number) => {
    const found = children(content, at, end);
    if (!found) throw new MatroskaError('a Tags element whose children do not fill it', offset + at);
    return found;
  };
  const found: SimpleTag[] = [];
  for (const tag of inside(0, content.length)) {
    if (tag.id !== ID.Tag) continue;
    const parts = inside(tag.contentAt, tag.contentAt + tag.size);
    const targeted = parts.some(
      (part) =>
        part.id === ID.Targets &&
        inside(part.contentAt, part.contentAt + part.size).some((child) => UIDS.has(child.id)),
    );
    for (const part of parts) {
      if (part.id !== ID.SimpleTag) continue;
      let name = new Uint8Array();
      let value = new Uint8Array();
      for (const child of inside(part.contentAt, part.contentAt + part.size)) {
        if (child.id === ID.TagName) name = contentOf(content, child) as Uint8Array<ArrayBuffer>;
        if (child.id === ID.TagString) value = contentOf(content, child) as Uint8Array<ArrayBuffer>;
      }
      found.push({
        name: tagText(name),
        value: tagText(value),
        nameSize: name.length,
        valueSize: value.length,
        targeted,
      });
    }
  }
  return found;
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
