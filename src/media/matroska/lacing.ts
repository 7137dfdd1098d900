import { readSignedVint, readSize, vintLength } from '../ebml/vint.ts';

const XIPH = 1;
const FIXED = 2;

/**
 * Sizes of the frames that share one Block (RFC 9559, section 10.3), or undefined if they do not fit it.
 * @param lacing bits 1 and 2 of the Block's flags: 1 Xiph, 2 fixed size, 3 EBML
 * @param content what stands behind the Block's flags
 */
export function lacedFrameSizes(lacing: number, content: Uint8Array): number[] | undefined {
  const { length } = content;
  const count = (content[0] ?? -1) + 1;
  if (count === 0) return undefined;
  if (lacing === FIXED) {
    const size = (length - 1) / count;
    return Number.isInteger(size) ? new Array<number>(count).fill(size) : undefined;
  }
  const lengths = lacing === XIPH ? xiphLengths(content, count - 1) : ebmlLengths(content, count - 1);
  if (lengths === undefined) return undefined;
  const { sizes, end } = lengths;
  const last = length - end - sizes.reduce((total, size) => total + size, 0);
  if (last < 0 || sizes.some((size) => size < 0)) return undefined;
  return [...sizes, last];
}

interface Lengths {
  sizes: number[];
  /** Where the first frame begins. */
  end: number;
}

function xiphLengths(content: Uint8Array, count: number): Lengths | undefined {
  const sizes: number[] = [];
  let at = 1;
  while (sizes.length < count) {
    let size = 0;
    let byte: number;
    do {
      if (at >= content.length) return undefined;
      byte = content[at++] as number;
      size += byte;
    } while (byte === 255);
    sizes.push(size);
  }
  return { sizes, end: at };
}

function ebmlLengths(content: Uint8Array, count: number): Lengths | undefined {
  const sizes: number[] = [];
  let at = 1;
  while (sizes.length < count) {
    const length = vintLength(content[at] ?? 0);
    if (length > 8 || at + length > content.length) return undefined;
    const previous = sizes.at(-1);
    // The first size stands as it is, each further one as its distance from the one before.
    sizes.push(previous === undefined ? readSize(content, at, length) : previous + readSignedVint(content, at, length));
    at += length;
  }
  return { sizes, end: at };
}
