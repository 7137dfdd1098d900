import type { PieceBytes } from '../bytes/pieceBytes.ts';
import { readId, readSize, vintLength } from './vint.ts';

/** An element inside bytes that are all there. */
export interface Element {
  readonly id: number;
  /** Where its id begins. */
  readonly start: number;
  /** Where its size field begins. */
  readonly sizeAt: number;
  /** Where its content begins. */
  readonly contentAt: number;
  /** Size of its content: UNKNOWN_SIZE, or bytes; may pass the end of the bytes at hand. */
  readonly size: number;
}

/** The element that begins at `at`, or undefined if what is there is no whole element header. */
export function readElement(bytes: Uint8Array, at: number, end: number): Element | undefined {
  if (at >= end) return undefined;
  const idLength = vintLength(bytes[at] as number);
  const sizeAt = at + idLength;
  if (idLength > 4 || sizeAt >= end) return undefined;
  const sizeLength = vintLength(bytes[sizeAt] as number);
  const contentAt = sizeAt + sizeLength;
  if (sizeLength > 8 || contentAt > end) return undefined;
  const id = readId(bytes, at, idLength);
  return id === 0 ? undefined : { id, start: at, sizeAt, contentAt, size: readSize(bytes, sizeAt, sizeLength) };
}

/** Of an element: id and size field. */
const LONGEST_OPENING = 4 + 8;

/** The same in bytes that lie in pieces. */
export function readElementOf(pieces: PieceBytes, at: number, end: number): Element | undefined {
  const opening = pieces.slice(at, Math.min(at + LONGEST_OPENING, end));
  const element = readElement(opening, 0, opening.length);
  if (element === undefined) return undefined;
  const { id, size, sizeAt, contentAt } = element;
  return { id, size, start: at, sizeAt: at + sizeAt, contentAt: at + contentAt };
}

/** No master that is looked into has as many; a megabyte of empty elements must not become as many objects. */
export const MOST_CHILDREN = 1000;

/**
 * The children that fill `bytes` from `at` to `end` exactly; undefined if they do not, one has no known size, or there are
 * more than MOST_CHILDREN.
 */
export function children(bytes: Uint8Array, at = 0, end = bytes.length): Element[] | undefined {
  const found: Element[] = [];
  for (let next = at; next < end; ) {
    const element = childAt(bytes, next, end);
    if (element === undefined || found.length === MOST_CHILDREN) return undefined;
    found.push(element);
    next = element.contentAt + element.size;
  }
  return found;
}

/** The element that begins at `at` and ends before `end`; undefined if none does. */
export function childAt(bytes: Uint8Array, at: number, end: number): Element | undefined {
  const element = readElement(bytes, at, end);
  return element === undefined || element.size < 0 || element.contentAt + element.size > end ? undefined : element;
}

export const contentOf = (bytes: Uint8Array, element: Element): Uint8Array =>
  bytes.subarray(element.contentAt, element.contentAt + element.size);
