// NAL units of H.264 and H.265, in the two forms in which frames carry them: each behind its length, as Matroska and MP4
// have them, or each behind a start code, as H.264 Annex B and MPEG-TS have them.

/** A NAL unit as a part of a frame's bytes. */
export interface NalRange {
  readonly start: number;
  readonly end: number;
}

/** What lengths lead to in a frame. */
export interface LengthPrefixed {
  /** Whole units, none of them empty, without the zero bytes that pad them. */
  readonly units: readonly NalRange[];
  /**
   * `exact`: the frame is nothing but those units behind their lengths. `padded`: with zero bytes that mean nothing, behind
   * a unit, behind the last one, or as a unit of length 0. `broken`: there are other bytes, that no length accounts for.
   */
  readonly fit: 'exact' | 'padded' | 'broken';
}

/** Of all frames of a track in one fragment: at a thousand bytes each, a packet of a network, as many as it may be large. */
export const MOST_UNITS = 50_000;

/**
 * @param most how many lengths are followed; what is behind them is as if they did not fit
 * @param whole size of the frame, if `data` is but its beginning: the last unit may then be one as well
 */
export function splitLengthPrefixed(
  data: Uint8Array,
  lengthSize: number,
  most = MOST_UNITS,
  whole = data.length,
): LengthPrefixed {
  const units: NalRange[] = [];
  let fit: LengthPrefixed['fit'] = 'exact';
  let left = most;
  for (let at = 0; at < data.length; left--) {
    if (left === 0) return { units, fit: isZero(data, at) ? 'padded' : 'broken' };
    const start = at + lengthSize;
    if (start > data.length && data.length < whole) break;
    let size = 0;
    for (let i = at; i < start; i++) size = size * 256 + (data[i] ?? 0);
    if (size > whole - start) return { units, fit: isZero(data, at) ? 'padded' : 'broken' };
    if (size === 0 || data[start + size - 1] === 0) fit = 'padded';
    push(units, data, start, Math.min(start + size, data.length));
    at = start + size;
  }
  return { units, fit };
}

function isZero(data: Uint8Array, from: number): boolean {
  for (let at = from; at < data.length; at++) if (data[at] !== 0) return false;
  return true;
}

/** The first units of a frame with start codes of three bytes or more; undefined if it does not begin with one. */
export function splitAnnexB(data: Uint8Array, most = MOST_UNITS): NalRange[] | undefined {
  if (startCodeLength(data) === 0) return undefined;
  const found: NalRange[] = [];
  let start = -1;
  for (let at = data.indexOf(1, 2); at !== -1 && found.length < most; at = data.indexOf(1, at + 1)) {
    if (data[at - 1] !== 0 || data[at - 2] !== 0) continue;
    if (start !== -1) push(found, data, start, at - 2);
    start = at + 1;
  }
  if (found.length < most) push(found, data, start, data.length);
  return found;
}

/** Zeros behind a unit belong to the next start code or are padding: a unit never ends with one. */
function push(found: NalRange[], data: Uint8Array, start: number, limit: number): void {
  let end = limit;
  while (end > start && data[end - 1] === 0) end--;
  if (end > start) found.push({ start, end });
}

/** How long the start code is that a frame begins with; 0 if it begins with none. */
export function startCodeLength(data: Uint8Array): number {
  let zeros = 0;
  while (data[zeros] === 0) zeros++;
  return zeros >= 2 && data[zeros] === 1 ? zeros + 1 : 0;
}

/** The units of `data` one after the other, each behind its length. */
export function joinLengthPrefixed(data: Uint8Array, units: readonly NalRange[], lengthSize: number): Uint8Array {
  const out = new Uint8Array(units.reduce((total, { start, end }) => total + lengthSize + end - start, 0));
  let at = 0;
  for (const { start, end } of units) {
    let rest = end - start;
    for (let i = at + lengthSize - 1; i >= at; i--, rest = Math.floor(rest / 256)) out[i] = rest % 256;
    out.set(data.subarray(start, end), at + lengthSize);
    at += lengthSize + end - start;
  }
  return out;
}

/** The units of `data` one after the other, each behind a start code of four bytes. */
export function joinAnnexB(data: Uint8Array, units: readonly NalRange[]): Uint8Array {
  const out = new Uint8Array(units.reduce((total, { start, end }) => total + 4 + end - start, 0));
  let at = 0;
  for (const { start, end } of units) {
    out[at + 3] = 1;
    out.set(data.subarray(start, end), at + 4);
    at += 4 + end - start;
  }
  return out;
}

/** A unit's payload without the bytes that keep it from looking like a start code (H.264, 7.4.1.1). */
export function unescapeNal(unit: Uint8Array): Uint8Array {
  const out = new Uint8Array(unit.length);
  let length = 0;
  let zeros = 0;
  for (const byte of unit) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    out[length++] = byte;
  }
  return out.subarray(0, length);
}
