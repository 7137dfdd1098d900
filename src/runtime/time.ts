// Dates as text. Everything else in the emulator counts milliseconds since the epoch.

/** The emulated time lies between these: before 1970 an ARN has no number, beyond 9999 a date has no usual form. */
const EARLIEST = 0;
export const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** The last time that a date of ECMAScript can show; media and requests may name times up to it. */
export const LAST_DATE = 8.64e15;

/** A point in time as a caller gives it: ISO 8601, a Date, or milliseconds since the epoch. */
export type Instant = string | number | Date;

/** Nobody means the first three years of the epoch; it is seconds that are below this. */
const SHORTEST_MS = 1e11;

/** Milliseconds since the epoch, between EARLIEST and LATEST; undefined if it is no such time. */
export function parseInstant(value: unknown): number | undefined {
  if (!(typeof value === 'string' || typeof value === 'number' || value instanceof Date)) return undefined;
  if (typeof value === 'number' && value !== 0 && Math.abs(value) < SHORTEST_MS) return undefined;
  const ms = typeof value === 'string' ? parseDate(value) : Math.trunc(Number(value));
  return ms !== undefined && ms >= EARLIEST && ms <= LATEST ? ms : undefined;
}

/** `2024-01-02T03:04:05.678Z` */
export const toIso = (ms: number): string => new Date(ms).toISOString();

/** Milliseconds since the epoch of `20240102T030405Z`; undefined if it is no such date. */
export function parseBasicIso(text: string): number | undefined {
  const extended = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  return extended === text ? undefined : parseDate(extended);
}

/** Milliseconds since the epoch of an ISO 8601 or RFC 1123 date, or undefined if it is neither. */
export function parseDate(text: string): number | undefined {
  const ms = /^\d{4}-\d\d-\d\d|^[A-Za-z]{3}, /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

const LONGEST_DURATION = 256;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 };

/**
 * Milliseconds of a duration: a number of seconds (`90`, `1.5`), a number with a unit (`250ms`, `90m`, `25h`, `7d`,
 * also several: `1h30m`) or ISO 8601 (`PT25H`, `P7DT1H`). Undefined if it is none of them.
 */
export function parseDuration(value: number | string): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.round(value * 1000) : undefined;
  // Only a text of nothing but units, over and over, is longer.
  if (value.length > LONGEST_DURATION) return undefined;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  const iso = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i.exec(text);
  if (iso && /\d/.test(text)) {
    const [w, d, h, m, s] = iso.slice(1).map((part) => Number(part ?? 0)) as [number, number, number, number, number];
    return Math.round((((w * 7 + d) * 24 + h) * 60 + m) * 60_000 + s * 1000);
  }
  if (!/^(\d+(\.\d+)?(ms|[smhdw]))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)) {
    total += Number(amount) * (UNITS[unit as string] as number);
  }
  return Math.round(total);
}
