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
