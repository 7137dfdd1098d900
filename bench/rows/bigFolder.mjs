import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { call } from '../client.mjs';
import { startEmulator } from '../processes.mjs';
import { milliseconds } from '../units.mjs';
import { putMedia } from './ingest.mjs';

export const name = 'bigFolder';
/** 10 GB are written first: a minute or more. */
export const byNameOnly = true;

const STREAMS = 10;

export async function run({ quick, progress }) {
  const size = quick ? 1e9 : 10e9;
  const folder = mkdtempSync(join(process.env.KVS_BENCH_DIR ?? tmpdir(), 'kvs-bench-'));
  try {
    const fragments = await fill(folder, size, progress);
    // Killed, so that what each stream has written last has no index yet: the first start makes them.
    const [first, second] = [await startOver(folder, fragments), await startOver(folder, fragments)];
    const most = Math.max(first, second);
    return {
      figure: `start over ${size / 1e9} GB of segments, up to the first answer`,
      aim: '< 2 s',
      value: milliseconds(most),
      met: most < 2000,
      absolute: `${milliseconds(first)} after a kill, ${milliseconds(second)} after that; ${STREAMS} streams, ${fragments} fragments each`,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As producers fill it. Returns how many fragments each stream has. */
export async function fill(folder, size, progress = () => undefined) {
  const emulator = await startEmulator('--data-dir', folder);
  let fragments = 0;
  for (let i = 0; i < STREAMS; i++) {
    ({ fragments } = (await putMedia(emulator, `media-${i}`, size / STREAMS)).body);
    progress((i + 1) / STREAMS);
  }
  await emulator.stop();
  return fragments;
}

/** Milliseconds up to the first answer, which says that all streams are there; then all fragments of one are counted. */
export async function startOver(folder, fragments) {
  const emulator = await startEmulator('--data-dir', folder);
  const { StreamInfoList: streams } = await call(emulator, '/listStreams');
  const ms = performance.now() - emulator.spawnedAt;
  if (streams.length !== STREAMS) throw new Error(`${streams.length} of ${STREAMS} streams are there`);
  let there = 0;
  const all = { StartTimestamp: 0, EndTimestamp: 4e9 };
  let next = { FragmentSelector: { FragmentSelectorType: 'SERVER_TIMESTAMP', TimestampRange: all } };
  do {
    const page = await call(emulator, '/listFragments', {
      StreamName: `media-${STREAMS - 1}`,
      MaxResults: 1000,
      ...next,
    });
    there += page.Fragments.length;
    next = page.NextToken == null ? undefined : { NextToken: page.NextToken };
  } while (next !== undefined);
  await emulator.stop();
  if (there !== fragments) throw new Error(`${there} of ${fragments} fragments are there`);
  return ms;
}
