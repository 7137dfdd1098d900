import { LAST_DATE, parseDate } from '../../runtime/time.ts';

/**
 * Milliseconds since the epoch of `x-amzn-producer-start-timestamp` in any of the forms producers send: epoch seconds
 * with any number of decimals or none, ISO 8601, RFC 1123. Undefined if it is none of them.
 */
export function parseProducerStart(text: string): number | undefined {
  const ms = /^\d+(\.\d*)?$/.test(text) ? Math.round(Number(text) * 1000) : parseDate(text);
  return ms === undefined || ms < 0 || ms > LAST_DATE ? undefined : ms;
}
