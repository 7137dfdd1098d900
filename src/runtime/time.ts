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
