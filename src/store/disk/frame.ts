import { createCipheriv } from 'node:crypto';
import { crc32 } from 'node:zlib';

// A file of media is a row of frames: a head of fixed size, a description, and a body. The checksum in the head is for
// the head and the description; those of the body are in the description.

/** Of what is written here. */
export const FORMAT = 1;
export const HEAD_BYTES = 36;
const MAGIC = Buffer.from('kvsF');
/** A description is never longer: whatever says so is no head. */
const MOST_META = 64 * 1024 * 1024;
const CRC_AT = 32;

export type FrameKind = 'file' | 'header' | 'fragment' | 'index';
const KINDS: readonly FrameKind[] = ['file', 'header', 'fragment', 'index'];

export interface FrameHead {
  readonly kind: FrameKind;
  readonly metaLength: number;
  readonly bodyLength: number;
  /** So much of the file was known to be safe when the frame was written. */
  readonly safe: number;
  readonly crc: number;
}

/** Head and description, to be followed by the body. */
export function frame(kind: FrameKind, meta: unknown, { bodyLength = 0, safe = 0 } = {}): Buffer {
  const text = Buffer.from(JSON.stringify(meta));
  const bytes = Buffer.alloc(HEAD_BYTES + text.length);
  MAGIC.copy(bytes);
  bytes[4] = KINDS.indexOf(kind);
  bytes.writeUInt32BE(text.length, 8);
  bytes.writeUIntBE(bodyLength, 14, 6);
  bytes.writeUIntBE(safe, 22, 6);
  text.copy(bytes, HEAD_BYTES);
  bytes.writeUInt32BE(sumOf(bytes.subarray(0, CRC_AT), bytes.subarray(HEAD_BYTES)), CRC_AT);
  return bytes;
}

/** Undefined if that is none, as far as a head can tell. */
export function headIn(bytes: Buffer): FrameHead | undefined {
  if (bytes.length < HEAD_BYTES || !bytes.subarray(0, 4).equals(MAGIC)) return undefined;
  const kind = KINDS[bytes[4] ?? -1];
  const metaLength = bytes.readUInt32BE(8);
  if (kind === undefined || metaLength > MOST_META) return undefined;
  const [bodyLength, safe] = [bytes.readUIntBE(14, 6), bytes.readUIntBE(22, 6)];
  return { kind, metaLength, bodyLength, safe, crc: bytes.readUInt32BE(CRC_AT) };
}

/** The description behind a head; undefined if it is not what was written. `bytes` begin with the head. */
export function metaIn(bytes: Buffer, { metaLength, crc }: FrameHead): unknown {
  const meta = bytes.subarray(HEAD_BYTES, HEAD_BYTES + metaLength);
  if (meta.length < metaLength || sumOf(bytes.subarray(0, CRC_AT), meta) !== crc) return undefined;
  return JSON.parse(meta.toString());
}

/** Where the next head may be, from a place on; -1 if there is none. */
export const nextHead = (bytes: Buffer, from: number): number => bytes.indexOf(MAGIC, from);

const sumOf = (...pieces: readonly Uint8Array[]): number => pieces.reduce((sum, piece) => crc32(piece, sum), 0);

/** A body has a checksum for each block of this size, so that whoever reads need not read all of it first. */
export const BLOCK_BYTES = 262_144;

/**
 * The checksum of a block: six bytes of a GMAC under a key that is no secret. Processors that seal make one twice as fast
 * as a CRC.
 */
class BlockSum {
  readonly #mac = createCipheriv('aes-128-gcm', NO_SECRET, NO_SECRET.subarray(4));

  add(bytes: Uint8Array): void {
    this.#mac.setAAD(bytes);
  }

  end(): number {
    this.#mac.final();
    return this.#mac.getAuthTag().readUIntBE(0, 6);
  }
}

const NO_SECRET = Buffer.from('kvs-emulator sum');

/** The checksums of a body, block by block. */
export function blockSums(pieces: readonly Uint8Array[]): number[] {
  const sums: number[] = [];
  let sum: BlockSum | undefined;
  let left = BLOCK_BYTES;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + left);
      sum ??= new BlockSum();
      sum.add(part);
      at += part.length;
      left -= part.length;
      if (left > 0) continue;
      sums.push(sum.end());
      sum = undefined;
      left = BLOCK_BYTES;
    }
  }
  if (sum !== undefined) sums.push(sum.end());
  return sums;
}

/** Whether a block is what was written. */
export const fits = (block: Uint8Array, sum: number | undefined): boolean => blockSums([block])[0] === sum;
