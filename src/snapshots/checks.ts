// Whether what an archive says is what it should be. Whoever makes one by hand gets no further.
import type { FragmentRecord, HeaderRecord, SealRecord } from '../domain/fragments/fragmentRecord.ts';
import type { SavedClock } from '../runtime/clock.ts';
import { LATEST } from '../runtime/time.ts';

type Check = (value: unknown) => boolean;
type Checks<T> = { readonly [Name in keyof Required<T>]: Check };

const text: Check = (value) => typeof value === 'string';
const digits: Check = (value) => typeof value === 'string' && /^-?\d{1,64}$/.test(value);
const flag: Check = (value) => typeof value === 'boolean';
const bytes: Check = (value) => value instanceof Uint8Array;
const count: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const time: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || value === null || check(value);

const is = <T>(value: unknown, checks: Checks<T>): value is T =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries<Check>(checks).every(([name, check]) => check((value as Record<string, unknown>)[name]));

const SEAL: Checks<SealRecord> = { version: count, keyArn: text, wrappedKey: bytes, iv: bytes, tags: bytes };

const FRAGMENT: Checks<FragmentRecord> = {
  ...{ number: (value) => typeof value === 'string' && /^\d{47}$/.test(value), begunAt: time, serverTime: time },
  ...{ producerTime: time, timecode: digits, header: text, first: flag, leading: bytes, leadingSize: count },
  ...{ size: count, lengthMs: time, frames: count, seal: optional((value) => is(value, SEAL)) },
};

const HEADER: Checks<HeaderRecord> = {
  ...{ fragment: text, bytes, bytesWithoutTags: optional(bytes), timestampScale: digits, size: count },
  trackNumbers: (value) => Array.isArray(value) && value.every(count),
  print: optional((value) => is(value, { layout: text, privateData: text })),
};

const CLOCK: Checks<SavedClock> = {
  now: (value) => time(value) && Number(value) >= 0 && Number(value) <= LATEST,
  frozen: flag,
  rate: (value) => time(value) && Number(value) > 0,
};

export const isFragment = (value: unknown): value is FragmentRecord => is(value, FRAGMENT);
export const isHeader = (value: unknown): value is HeaderRecord => is(value, HEADER);
export const isClock = (value: unknown): value is SavedClock => is(value, CLOCK);
