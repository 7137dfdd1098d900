import type { Sample } from '../sample.ts';
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
export function sampleTable(samples: readonly Sample[], chunks: readonly Chunk[], dataAt: number): Uint8Array[] {
  const offsets = samples.map(({ pts, dts }) => pts - dts);
  const signed = offsets.some((offset) => offset < 0) ? 1 : 0;
  const keys = samples.flatMap(({ key }, index) => (key ? [index + 1] : []));
  // Chunks that have as many samples as the one before need no row.
  const perChunk = chunks.flatMap(({ count }, i) => (chunks[i - 1]?.count === count ? [] : [i + 1, count, 1]));
  return [
    runTable(
      'stts',
      0,
      samples.map(({ duration }) => duration),
    ),
    ...(offsets.some((offset) => offset !== 0) ? [runTable('ctts', signed, offsets)] : []),
    ...(keys.length < samples.length ? [fullBox('stss', 0, 0, u32(keys.length), u32s(keys))] : []),
    fullBox('stsc', 0, 0, u32(perChunk.length / 3), u32s(perChunk)),
    fullBox('stsz', 0, 0, u32(0, samples.length), u32s(samples.map(({ data }) => data.length))),
    fullBox('stco', 0, 0, u32(chunks.length), u32s(chunks.map(({ offset }) => dataAt + offset))),
  ];
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
