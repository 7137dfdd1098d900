import type { Sample } from '../sample.ts';
import type { Steps } from '../steps.ts';
import { fullBox, u32, u32s } from './box.ts';

/** Samples of one track that stand next to each other. */
export interface Chunk {
  /** Index of its first sample, how many there are, and their bytes. */
  readonly first: number;
  readonly count: number;
  readonly size: number;
  /** From the begin of the data. */
  readonly offset: number;
}

/** What stands in `stbl` behind `stsd`. `dataAt`: where the data begin in the file. */
export function* sampleTable(
  samples: readonly Sample[],
  chunks: readonly Chunk[],
  dataAt: number,
): Steps<Uint8Array[]> {
  const durations = samples.map(({ duration }) => duration);
  const tables = [runTable('stts', 0, durations)];
  yield;
  const offsets = samples.map(({ pts, dts }) => pts - dts);
  const signed = offsets.some((offset) => offset < 0) ? 1 : 0;
  if (offsets.some((offset) => offset !== 0)) tables.push(runTable('ctts', signed, offsets));
  yield;
  const keys = samples.flatMap(({ key }, index) => (key ? [index + 1] : []));
  if (keys.length < samples.length) tables.push(fullBox('stss', 0, 0, u32(keys.length), u32s(keys)));
  yield;
  // Chunks that have as many samples as the one before need no row.
  const perChunk = chunks.flatMap(({ count }, i) => (chunks[i - 1]?.count === count ? [] : [i + 1, count, 1]));
  tables.push(fullBox('stsc', 0, 0, u32(perChunk.length / 3), u32s(perChunk)));
  tables.push(fullBox('stsz', 0, 0, u32(0, samples.length), u32s(samples.map(({ data }) => data.length))));
  tables.push(fullBox('stco', 0, 0, u32(chunks.length), u32s(chunks.map(({ offset }) => dataAt + offset))));
  yield;
  return tables;
}

/** A table of (count, value). */
function runTable(type: string, version: number, values: readonly number[]): Uint8Array {
  const rows: number[] = [];
  values.forEach((value, i) => {
    if (i > 0 && value === values[i - 1]) rows[rows.length - 2] = (rows.at(-2) as number) + 1;
    else rows.push(1, value);
  });
  return fullBox(type, version, 0, u32(rows.length / 2), u32s(rows));
}
