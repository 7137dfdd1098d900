// Numbers as people read them.

/** `999 B`, `12.3 kB`, `1.07 MB`: three digits, in thousands. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  for (; value >= 999.5 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${unit === 0 || value >= 1000 ? Math.round(value) : value.toPrecision(3)} ${UNITS[unit]}`;
}
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `0:07`, `12:34`, `1:02:03` */
export function formatClock(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const tail = String(s).padStart(2, '0');
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${tail}` : `${m}:${tail}`;
}

/** `850 ms`, `12.3 s`, `90 min`, `25 h`, `7 d`: the largest unit that leaves more than one of it. */
export function formatSpan(ms: number): string {
  const size = Math.abs(ms);
  const sign = ms < 0 ? '-' : '';
  if (size < 1000) return `${sign}${Math.round(size)} ms`;
  if (size < 120_000) return `${sign}${+(size / 1000).toFixed(1)} s`;
  if (size < 7_200_000) return `${sign}${+(size / 60_000).toFixed(1)} min`;
  if (size < 172_800_000) return `${sign}${+(size / 3_600_000).toFixed(1)} h`;
  return `${sign}${+(size / 86_400_000).toFixed(1)} d`;
}

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Columns padded to their widest cell, two blanks apart; the last one is left as it is. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => rows.reduce((widest, row) => Math.max(widest, row[i]?.length ?? 0), 0));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
