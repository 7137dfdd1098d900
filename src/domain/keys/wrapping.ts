import { createCipheriv, createDecipheriv } from 'node:crypto';

/** What a data key was made for: it can only be unwrapped with the same. */
export type EncryptionContext = Readonly<Record<string, string>>;

/** One of the keys that a KMS key has been, since each rotation makes another. Plain data. */
export interface KeyVersion {
  /** 16 bytes in hexadecimal. */
  readonly id: string;
  /** 32 bytes in base64. */
  readonly material: string;
}

export const ID_BYTES = 16;
export const MATERIAL_BYTES = 32;

const materialOf = ({ material }: KeyVersion): Buffer => Buffer.from(material, 'base64');

const ALGORITHM = 'aes-256-gcm';
const FORMAT = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + ID_BYTES;

/** Each name and value with its length in front, in the order of the names: no two contexts come to the same. */
function contextBytes(context: EncryptionContext): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const text of [name, value]) {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      parts.push(length, bytes);
    }
  }
  return Buffer.concat(parts);
}

/** Format, id of the version, iv, the data key, tag. The head is part of the associated data. */
export function wrap(version: KeyVersion, plain: Uint8Array, context: EncryptionContext, iv: Uint8Array): Uint8Array {
  const head = Buffer.concat([Buffer.of(FORMAT), Buffer.from(version.id, 'hex')]);
  const cipher = createCipheriv(ALGORITHM, materialOf(version), iv);
  cipher.setAAD(Buffer.concat([head, contextBytes(context)]));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return new Uint8Array(Buffer.concat([head, iv, body, cipher.getAuthTag()]));
}

/** The id of the version that it was wrapped with, as text; undefined if it is nothing that `wrap` makes. */
export const versionIn = (wrapped: Uint8Array): string | undefined =>
  wrapped.length > HEAD_BYTES + IV_BYTES + TAG_BYTES && wrapped[0] === FORMAT
    ? Buffer.from(wrapped.subarray(1, HEAD_BYTES)).toString('hex')
    : undefined;

/** Undefined if it was not wrapped so. */
export function unwrap(version: KeyVersion, wrapped: Uint8Array, context: EncryptionContext): Uint8Array | undefined {
  const bodyAt = HEAD_BYTES + IV_BYTES;
  const iv = wrapped.subarray(HEAD_BYTES, bodyAt);
  const decipher = createDecipheriv(ALGORITHM, materialOf(version), iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.concat([wrapped.subarray(0, HEAD_BYTES), contextBytes(context)]));
  decipher.setAuthTag(wrapped.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(wrapped.subarray(bodyAt, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}
