// Variable-length integers of EBML (RFC 8794, section 4): the position of the first set bit gives the length.

/** A size field whose value bits are all ones: the element ends where its parent's next child begins. */
export const UNKNOWN_SIZE = -1;

/** Length in bytes of the integer that begins with `first`, from 1 to 8; 9 if `first` is 0, which no integer has. */
export const vintLength = (first: number): number => Math.clz32(first) - 23;

/**
 * The element id at `at`, marker included, or 0 if no id of 1 to 4 bytes begins there: one whose other bits are all
 * zeros or all ones is reserved (RFC 8794, section 5). Needs `vintLength` bytes.
 */
export function readId(bytes: Uint8Array, at: number, length: number): number {
  if (length > 4) return 0;
  let id = bytes[at] as number;
  for (let i = 1; i < length; i++) id = id * 256 + (bytes[at + i] as number);
  const marker = 1 << (7 * length);
  return id === marker || id === 2 * marker - 1 ? 0 : id;
}

/** The integer of `length` bytes at `at`; beyond 2^53 the nearest one. */
export function readVint(bytes: Uint8Array, at: number, length: number): number {
  let value = (bytes[at] as number) & (0xff >> length);
  for (let i = 1; i < length; i++) value = value * 256 + (bytes[at + i] as number);
  return value;
}

/** The size of `length` bytes at `at`: UNKNOWN_SIZE, or a number that is Infinity where it passes 2^53. */
export function readSize(bytes: Uint8Array, at: number, length: number): number {
  let value = (bytes[at] as number) & (0xff >> length);
  let ones = value === 0xff >> length;
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i] as number;
    if (byte !== 0xff) ones = false;
    value = value * 256 + byte;
  }
  if (ones) return UNKNOWN_SIZE;
  return value > Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : value;
}

/** A size field of `length` bytes, which must be enough for `size`. */
export function writeSize(size: number, length: number): Uint8Array {
  const out = new Uint8Array(length);
  putSize(out, 0, size, length);
  return out;
}

/** The same, at `at` in `out`. */
export function putSize(out: Uint8Array, at: number, size: number, length: number): void {
  for (let i = length - 1, rest = size; i >= 0; i--, rest = Math.floor(rest / 256)) out[at + i] = rest % 256;
  out[at] = (out[at] as number) | (0x80 >> (length - 1));
}

/** Signed integer of an EBML lace: a size field shifted so that half of its range is negative (RFC 9559, 10.3.3). */
export function readSignedVint(bytes: Uint8Array, at: number, length: number): number {
  // Half of the range is taken off the first byte, so that small numbers stay exact however long they are written.
  let value = ((bytes[at] as number) & (0xff >> length)) - 2 ** (7 - length);
  for (let i = 1; i < length; i++) value = value * 256 + (bytes[at + i] as number);
  return value + 1;
}

/** Big-endian unsigned integer of up to 8 bytes; an empty element is 0. */
export function readUnsigned(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}
