// Boxes of ISO/IEC 14496-12: a size, four letters, content.

import { concatenate } from '../bytes/concatenate.ts';

export const BOX_HEADER = 8;

/** Writes `text`, which is ASCII, at `at`. */
export function setAscii(out: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) out[at + i] = text.charCodeAt(i);
}

export function ascii(text: string): Uint8Array {
  const out = new Uint8Array(text.length);
  setAscii(out, 0, text);
  return out;
}

export const u8 = (...values: number[]): Uint8Array => Uint8Array.from(values);

export function u16(...values: number[]): Uint8Array {
  const room = new ArrayBuffer(2 * values.length);
  const view = new DataView(room);
  values.forEach((value, i) => {
    view.setUint16(2 * i, value);
  });
  return new Uint8Array(room);
}

export const u32 = (...values: number[]): Uint8Array => u32s(values);

/** The same for tables, which may be longer than a list of arguments. Negative numbers are signed ones. */
export function u32s(values: readonly number[]): Uint8Array {
  const room = new ArrayBuffer(4 * values.length);
  const view = new DataView(room);
  values.forEach((value, i) => {
    view.setUint32(4 * i, value);
  });
  return new Uint8Array(room);
}

export function u64(value: number | bigint): Uint8Array {
  const room = new ArrayBuffer(8);
  new DataView(room).setBigUint64(0, BigInt(value));
  return new Uint8Array(room);
}

export const zeros = (count: number): Uint8Array => new Uint8Array(count);

export const box = (type: string, ...content: readonly Uint8Array[]): Uint8Array => boxOf(type, content);

/** The same for content of which there may be any number. */
export function boxOf(type: string, content: readonly Uint8Array[]): Uint8Array {
  const body = concatenate(content);
  return concatenate([u32(BOX_HEADER + body.length), ascii(type), body]);
}

export const fullBox = (type: string, version: number, flags: number, ...content: readonly Uint8Array[]): Uint8Array =>
  box(type, u32(version * 2 ** 24 + flags), ...content);
