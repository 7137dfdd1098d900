// ASN.1 in its distinguished encoding (X.690), as far as certificates need it.

const TAGS = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

function encode(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  const { length } = content;
  let head = [tag, length];
  if (length > 0xff) head = [tag, 0x82, length >>> 8, length & 0xff];
  else if (length > 0x7f) head = [tag, 0x81, length];
  return Buffer.concat([Uint8Array.from(head), content]);
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => encode(TAGS.sequence, ...parts);
export const set = (...parts: readonly Uint8Array[]): Uint8Array => encode(TAGS.set, ...parts);
export const octetString = (bytes: Uint8Array): Uint8Array => encode(TAGS.octetString, bytes);
export const utf8 = (text: string): Uint8Array => encode(TAGS.utf8, Buffer.from(text));
export const yes: Uint8Array = encode(TAGS.boolean, Uint8Array.of(0xff));
/** Big-endian and not negative: the first bit must be clear. */
export const integer = (...bytes: readonly number[]): Uint8Array => encode(TAGS.integer, Uint8Array.from(bytes));
export const bitString = (bytes: Uint8Array, unusedBits = 0): Uint8Array =>
  encode(TAGS.bitString, Uint8Array.of(unusedBits), bytes);

/** A member with its number in place of its type. */
export const implicit = (number: number, content: Uint8Array): Uint8Array => encode(0x80 | number, content);
/** A member with its number around its type. */
export const explicit = (number: number, content: Uint8Array): Uint8Array => encode(0xa0 | number, content);

export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const septets = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) septets.unshift((left & 0x7f) | 0x80);
    bytes.push(...septets);
  }
  return encode(TAGS.oid, Uint8Array.from(bytes));
}

/** From `2026-01-02T03:04:05.678Z`; RFC 5280 4.1.2.5 wants the short form of the year until 2049. */
export function time(iso: string): Uint8Array {
  const digits = iso.replace(/\.\d+/, '').replace(/[-:T]/g, '');
  return digits < '2050'
    ? encode(TAGS.utcTime, Buffer.from(digits.slice(2)))
    : encode(TAGS.generalizedTime, Buffer.from(digits));
}

/** The encodings that the content of a constructed one is made of. */
export function children(der: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  const { start, end } = content(der, 0);
  for (let at = start; at < end; ) {
    const child = content(der, at);
    found.push(der.subarray(at, child.end));
    at = child.end;
  }
  return found;
}

function content(der: Uint8Array, at: number): { start: number; end: number } {
  const short = der[at + 1] ?? 0;
  if (short < 0x80) return { start: at + 2, end: at + 2 + short };
  const size = short & 0x7f;
  let length = 0;
  for (let i = 0; i < size; i++) length = length * 256 + (der[at + 2 + i] ?? 0);
  return { start: at + 2 + size, end: at + 2 + size + length };
}
