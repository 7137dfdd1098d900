import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { call, putMediaHead, upload } from '../client.mjs';
import { CAMERA, cluster, header } from '../matroska.mjs';
import { startEmulator } from '../processes.mjs';
import { LoopedBody } from '../producer.mjs';
import { median } from '../statistics.mjs';
import { milliseconds } from '../units.mjs';

export const name = 'state';

const STREAMS = 12;
const RESET_MS = 5;
const FORK_MS = 50;

const within = (server, path) => async () => {
  const began = performance.now();
  await call(server, path);
  return performance.now() - began;
};

/** Resets of streams that a seed makes again each time, with a day of media each: in memory, and in a data folder. */
async function seededResets(rounds) {
  const folder = mkdtempSync(join(process.env.KVS_BENCH_DIR ?? tmpdir(), 'kvs-bench-state-'));
  writeFileSync(join(folder, 'clip.mkv'), Buffer.concat([header(), cluster(0, CAMERA)]));
  const media = [{ file: 'clip.mkv', ago: '24h', until: 'now' }];
  const streams = Array.from({ length: STREAMS }, (_, at) => ({ name: `cam-${at}`, retention: '24h', media }));
  writeFileSync(join(folder, 'seed.json'), JSON.stringify({ streams }));
  const medians = [];
  try {
    for (const more of [[], ['--data-dir', join(folder, 'data')]]) {
      const server = await startEmulator('--seed', join(folder, 'seed.json'), ...more);
      const reset = within(server, '/_kvs/reset?data=delete');
      const took = [];
      for (let round = 0; round < rounds; round++) took.push(await reset());
      medians.push(median(took));
      await server.stop();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return medians;
}

/** Snapshots of much media, and the return to each. */
async function forks(server, { mebibytes, quick }) {
  await call(server, '/createStream', { StreamName: 'cam', DataRetentionInHours: 24 });
  const body = new LoopedBody({ mediaBytes: mebibytes * 1024 * 1024 });
  const { fragments } = body;
  await upload(server, putMediaHead('cam'), body);
  const [taken, restored] = [[], []];
  for (let round = 0; round < (quick ? 5 : 20); round++) {
    taken.push(await within(server, '/_kvs/snapshots/one')());
    restored.push(await within(server, '/_kvs/snapshots/one/restore')());
    await fetch(`${server.url}/_kvs/snapshots/one`, { method: 'DELETE' });
  }
  return { fragments, taken: median(taken), restored: median(restored) };
}

async function forksInFolder(how) {
  const folder = mkdtempSync(join(process.env.KVS_BENCH_DIR ?? tmpdir(), 'kvs-bench-state-'));
  try {
    const server = await startEmulator('--data-dir', folder);
    const found = await forks(server, how);
    await server.stop();
    return found;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a reset, and a snapshot of much media and the return to it, take as a caller sees it: each a request on its own. */
export async function run({ quick, progress }) {
  const rounds = quick ? 20 : 200;
  const mebibytes = quick ? 256 : 1024;
  const server = await startEmulator('--max-memory', '4GiB');
  const timed = (path) => within(server, path)();
  const resets = [];
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < STREAMS; i++) await call(server, '/createStream', { StreamName: `stream-${i}` });
    resets.push(await timed('/_kvs/reset'));
  }
  progress(0.1);
  const [seeded, seededInFolder] = await seededResets(rounds);
  progress(0.2);
  const { fragments, taken, restored } = await forks(server, { mebibytes, quick });
  await server.stop();
  progress(0.6);
  const inFolder = await forksInFolder({ mebibytes, quick });
  const media = `${mebibytes.toLocaleString('en')} MiB in ${fragments.toLocaleString('en')} fragments`;
  return [
    {
      figure: `a reset with ${STREAMS} streams, as a request`,
      aim: `< ${RESET_MS} ms`,
      value: milliseconds(median(resets)),
      met: median(resets) < RESET_MS,
      absolute: '',
    },
    ...[
      ['seeded', seeded],
      ['seeded, in a data folder', seededInFolder],
    ].map(([which, ms]) => ({
      figure: `the same of ${STREAMS} streams with a day of media each, ${which}`,
      aim: `< ${RESET_MS} ms`,
      value: milliseconds(ms),
      met: ms < RESET_MS,
      absolute: '',
    })),
    ...[
      [`a snapshot of ${media}, in memory, as a request`, taken],
      ['the return to it', restored],
      ['such a snapshot in a data folder', inFolder.taken],
      ['the return to that, which is safe by then', inFolder.restored],
    ].map(([figure, ms]) => ({
      ...{ figure, aim: `< ${FORK_MS} ms`, value: milliseconds(ms) },
      ...{ met: ms < FORK_MS, absolute: '' },
    })),
  ];
}
