import { type KeyObject, webcrypto } from 'node:crypto';
import { ALGORITHM_NAME, type PartOf, partIv, TAG_BYTES } from './cipher.ts';

// The same as in cipher.ts, on another thread: AES is more than half of what it takes to receive media, and there is
// mostly more than one processor. What goes in is copied, and what comes out is new memory.

/** A part as it is to be kept. */
export interface SealedPart {
  readonly bytes: Uint8Array;
  readonly tag: Uint8Array;
}

const imported = new WeakMap<KeyObject, Promise<webcrypto.CryptoKey>>();

function keyOf(key: KeyObject): Promise<webcrypto.CryptoKey> {
  const known = imported.get(key);
  if (known !== undefined) return known;
  const own = webcrypto.subtle.importKey('raw', key.export(), ALGORITHM_NAME, false, ['encrypt']);
  imported.set(key, own);
  return own;
}

/** The bytes are the caller's again once it has resolved. */
export async function sealedAside({ key, iv, place, index, last }: PartOf, bytes: Uint8Array): Promise<SealedPart> {
  const algorithm = {
    name: ALGORITHM_NAME,
    iv: partIv(iv, index),
    additionalData: Buffer.from(place.part(index, last)),
    tagLength: 8 * TAG_BYTES,
  };
  const sealed = new Uint8Array(await webcrypto.subtle.encrypt(algorithm, await keyOf(key), bytes));
  return { bytes: sealed.subarray(0, bytes.length), tag: sealed.subarray(bytes.length) };
}
