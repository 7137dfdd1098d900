// Elements as a tree of plain values, measured and written. Sizes take four bytes, as the service writes them.

import { putSize } from './vint.ts';

export interface ElementTree {
  readonly id: number;
  readonly content: string | Uint8Array | readonly ElementTree[];
  /** Bytes of the size field; 4 unless told. */
  readonly sizeLength?: 1 | 4 | 8;
}

const encoder = new TextEncoder();
const idLength = (id: number): number => (id > 0xffffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1);

/** An element whose sizes are known. */
interface Measured {
  readonly id: number;
  readonly sizeLength: number;
  readonly content: Uint8Array | readonly Measured[];
  /** Of the content, and of all of it. */
  readonly size: number;
  readonly whole: number;
}

/** The bytes of `elements`, one after the other. */
export function writeElements(elements: readonly ElementTree[]): Uint8Array {
  const measured = elements.map(measure);
  const out = new Uint8Array(sizeOf(measured));
  put(out, 0, measured);
  return out;
}

function measure({ id, content, sizeLength = 4 }: ElementTree): Measured {
  const own = isTree(content) ? content.map(measure) : typeof content === 'string' ? encoder.encode(content) : content;
  const size = own instanceof Uint8Array ? own.length : sizeOf(own);
  return { id, sizeLength, content: own, size, whole: idLength(id) + sizeLength + size };
}

const isTree = (content: ElementTree['content']): content is readonly ElementTree[] => Array.isArray(content);

const sizeOf = (elements: readonly Measured[]): number => elements.reduce((sum, { whole }) => sum + whole, 0);

function put(out: Uint8Array, start: number, elements: readonly Measured[]): void {
  let at = start;
  for (const { id, sizeLength, content, size, whole } of elements) {
    const ids = idLength(id);
    for (let i = ids - 1, rest = id; i >= 0; i--, rest = Math.floor(rest / 256)) out[at + i] = rest % 256;
    putSize(out, at + ids, size, sizeLength);
    const contentAt = at + ids + sizeLength;
    if (content instanceof Uint8Array) out.set(content, contentAt);
    else put(out, contentAt, content);
    at += whole;
  }
}
