// Elements as a tree of plain values, measured and written. Sizes take four bytes, as the service writes them.

import { concatenate } from '../bytes/concatenate.ts';
import { writeSize } from './vint.ts';

export interface ElementTree {
  readonly id: number;
  readonly content: string | Uint8Array | readonly ElementTree[];
  /** Bytes of the size field; 4 unless told. */
  readonly sizeLength?: 1 | 4 | 8;
}

const encoder = new TextEncoder();
const idLength = (id: number): number => (id > 0xffffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1);

/** The bytes of `elements`, one after the other. */
export function writeElements(elements: readonly ElementTree[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (const { id, content, sizeLength = 4 } of elements) {
    const body = isTree(content)
      ? writeElements(content)
      : typeof content === 'string'
        ? encoder.encode(content)
        : content;
    pieces.push(header(id, body.length, sizeLength), body);
  }
  return concatenate(pieces);
}

const isTree = (content: ElementTree['content']): content is readonly ElementTree[] => Array.isArray(content);

function header(id: number, size: number, sizeLength: number): Uint8Array {
  const ids = idLength(id);
  const out = new Uint8Array(ids + sizeLength);
  for (let i = ids - 1, rest = id; i >= 0; i--, rest = Math.floor(rest / 256)) out[i] = rest % 256;
  out.set(writeSize(size, sizeLength), ids);
  return out;
}
