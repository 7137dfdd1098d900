import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import type { SealRecord } from '../../domain/fragments/fragmentRecord.ts';
import { type DataKey, StoreError, type WrappedKey } from '../../domain/ports.ts';

// Everything that is sealed is sealed with AES-256-GCM, under a data key and for one place: the associated data say which.

/** Of what is written here. It is part of the associated data. */
export const FORMAT = 1;
const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
export const TAG_BYTES = 16;
/** A fragment is sealed in parts of this size, so that a reader holds no more of it in the clear. */
export const PART_BYTES = 262_144;
/** What the bytes of a fragment are called where they are sealed. */
export const BYTES = 'bytes';
/** So much is sealed at once: what comes out is copied on, and used again while the processor has it at hand. */
export const STEP_BYTES = 65_536;

const prefixed = (text: string): Buffer[] => {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
};

/** What bytes are sealed for: of which stream and fragment, what of it, and which part of that. */
export class Place {
  readonly #bytes: Buffer;
  readonly #at: number;

  constructor(arn: string, number: string, what: string) {
    const parts = [...prefixed(arn), ...prefixed(number), Buffer.of(FORMAT), ...prefixed(what), Buffer.alloc(5)];
    // Not of the pool that all small Buffers are cut from: what else is in that nobody knows.
    this.#bytes = Buffer.alloc(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) at += part.copy(this.#bytes, at);
    this.#at = this.#bytes.length - 5;
  }

  part(index: number, last: boolean): Buffer {
    this.#bytes.writeUInt32BE(index, this.#at);
    this.#bytes[this.#at + 4] = last ? 1 : 0;
    return this.#bytes;
  }
}

/** No two uses of a data key have the same: each has a number of its own, and its parts are counted behind that. */
export function freshIv(key: DataKey): Buffer {
  const iv = Buffer.alloc(IV_BYTES);
  iv.writeUIntBE(key.count(), 2, 6);
  return iv;
}

function ivOf(iv: Uint8Array, part: number): Buffer {
  const own = Buffer.from(iv);
  own.writeUInt32BE(part, IV_BYTES - 4);
  return own;
}

export interface PartOf {
  readonly key: KeyObject;
  readonly iv: Uint8Array;
  readonly place: Place;
  readonly index: number;
  readonly last: boolean;
}

export function sealing({ key, iv, place, index, last }: PartOf) {
  const cipher = createCipheriv(ALGORITHM, key, ivOf(iv, index));
  cipher.setAAD(place.part(index, last));
  return {
    update: (bytes: Uint8Array): Uint8Array => cipher.update(bytes),
    tag: (): Uint8Array => {
      cipher.final();
      return cipher.getAuthTag();
    },
  };
}

/** A part in the clear, in pieces. Throws a StoreError, unreadable, if it is not what was sealed. */
export function opened({ key, iv, place, index, last }: PartOf, tag: Uint8Array, bytes: Iterable<Uint8Array>) {
  const decipher = createDecipheriv(ALGORITHM, key, ivOf(iv, index), { authTagLength: TAG_BYTES });
  decipher.setAAD(place.part(index, last));
  decipher.setAuthTag(tag);
  const clear: Uint8Array[] = [];
  // What comes out is new memory each time.
  for (const piece of bytes) clear.push(decipher.update(piece));
  try {
    decipher.final();
  } catch (error) {
    throw notWhatWasKept(error);
  }
  return clear;
}

export const notWhatWasKept = (cause?: unknown): StoreError =>
  new StoreError('unreadable', 'What was kept is not what was sealed: its seal does not fit.', { cause });

/** A few bytes with all that it takes to open them: format, key, wrapped data key, iv, tag, and the bytes. */
export function sealWhole(data: DataKey, place: Place, bytes: Uint8Array): Uint8Array {
  const iv = freshIv(data);
  const cipher = sealing({ key: data.key, iv, place, index: 0, last: true });
  const body = cipher.update(bytes);
  const { keyArn, bytes: wrapped } = data.wrapped;
  const arn = Buffer.from(keyArn);
  const head = Buffer.of(FORMAT, arn.length >> 8, arn.length, wrapped.length >> 8, wrapped.length);
  // Not a Buffer: that may be a view of memory that others use as well.
  return new Uint8Array(Buffer.concat([head, arn, wrapped, iv, cipher.tag(), body]));
}

/** Takes that apart again. Throws a StoreError, unreadable. */
export function wholeSeal(sealed: Uint8Array): { seal: SealRecord; body: Uint8Array } {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length);
  if (bytes.length < 5 || bytes[0] !== FORMAT) throw notWhatWasKept();
  let at = 5;
  const take = (count: number): Uint8Array => {
    if (at + count > bytes.length) throw notWhatWasKept();
    at += count;
    return bytes.subarray(at - count, at);
  };
  const keyArn = Buffer.from(take(bytes.readUInt16BE(1))).toString();
  const wrappedKey = take(bytes.readUInt16BE(3));
  const seal = { version: FORMAT, keyArn, wrappedKey, iv: take(IV_BYTES), tags: take(TAG_BYTES) };
  return { seal, body: bytes.subarray(at) };
}

export const wrappedIn = ({ keyArn, wrappedKey }: SealRecord): WrappedKey => ({ keyArn, bytes: wrappedKey });
