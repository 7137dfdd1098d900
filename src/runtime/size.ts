export const GIBIBYTE = 1024 ** 3;
const SIZE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  m: 1024 ** 2,
  g: GIBIBYTE,
  t: 1024 * GIBIBYTE,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: GIBIBYTE,
  tib: 1024 * GIBIBYTE,
};

/** Bytes of `512m`, `2GiB`, `1.5 GB`, `1000000`; undefined if it is no size. */
export function parseSize(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = Object.hasOwn(SIZE_UNITS, unit?.toLowerCase() ?? '?') ? SIZE_UNITS[unit?.toLowerCase() ?? ''] : 0;
  const bytes = Math.floor(Number(amount) * (factor ?? 0));
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : undefined;
}
