import { concatenate } from '../bytes/concatenate.ts';
import { children, contentOf, type Element, readElement } from '../ebml/elements.ts';
import { writeSize } from '../ebml/vint.ts';
import { ID } from './ids.ts';
import { tagText } from './tags.ts';

/** SimpleTags may stand inside each other without end; nobody looks for anything deeper than this. */
const DEEPEST = 8;
const HOLDERS: ReadonlySet<number> = new Set([ID.Tags, ID.Tag, ID.SimpleTag]);
/** What says nothing when it stands alone. */
const MEANINGLESS: ReadonlySet<number> = new Set([ID.Void, ID.CRC32, ID.Targets]);
const MOST_ELEMENTS = 10_000;
const utf8 = new TextEncoder();
const NOTHING = new Uint8Array();

/**
 * A whole Tags element without the SimpleTags of that name, and without what held nothing but them. The sizes around them
 * keep their widths, and a CRC-32 that no longer fits goes. The same array if there are none, empty if nothing is left.
 */
export function withoutTag(tags: Uint8Array, name: string): Uint8Array {
  // Hardly any Tags hold it, and of those that do not every element need not be looked at.
  if (!holds(tags, utf8.encode(name))) return tags;
  const element = readElement(tags, 0, tags.length);
  return element === undefined ? tags : prune({ bytes: tags, name, left: MOST_ELEMENTS }, element, 0);
}

function holds(bytes: Uint8Array, wanted: Uint8Array): boolean {
  const [first = 0] = wanted;
  for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return true;
  }
  return false;
}

interface Pruning {
  readonly bytes: Uint8Array;
  readonly name: string;
  /** How many elements may still be looked into; what comes beyond them stays as it is. */
  left: number;
}

function prune(work: Pruning, element: Element, depth: number): Uint8Array {
  const { bytes, name } = work;
  const { id, start, sizeAt, contentAt, size } = element;
  const whole = start === 0 && contentAt + size === bytes.length ? bytes : bytes.subarray(start, contentAt + size);
  if (!HOLDERS.has(id) || depth > DEEPEST || work.left <= 0) return whole;
  const parts = children(bytes, contentAt, contentAt + size);
  if (parts === undefined) return whole;
  work.left -= parts.length;
  if (id === ID.SimpleTag && nameOf(bytes, parts) === name) return NOTHING;
  let changed = false;
  let says = false;
  const kept: Uint8Array[] = [];
  for (const part of parts) {
    const left = prune(work, part, depth + 1);
    if (left.length < part.contentAt + part.size - part.start) changed = true;
    if (left.length > 0 && !MEANINGLESS.has(part.id)) says = true;
    if (part.id !== ID.CRC32) kept.push(left);
  }
  if (!changed) return whole;
  if (!says) return NOTHING;
  const content = concatenate(kept);
  return concatenate([bytes.subarray(start, sizeAt), writeSize(content.length, contentAt - sizeAt), content]);
}

function nameOf(bytes: Uint8Array, parts: readonly Element[]): string | undefined {
  const name = parts.findLast((part) => part.id === ID.TagName);
  return name && tagText(contentOf(bytes, name));
}
