import { performance } from 'node:perf_hooks';
import { call, putMediaHead, upload } from '../client.mjs';
import { startEmulator } from '../processes.mjs';
import { LoopedBody } from '../producer.mjs';
import { median } from '../statistics.mjs';
import { milliseconds } from '../units.mjs';

export const name = 'state';

const STREAMS = 12;
const RESET_MS = 5;
const FORK_MS = 50;

/** What a reset, and a snapshot of much media and the return to it, take as a caller sees it: each a request on its own. */
export async function run({ quick, progress }) {
  const rounds = quick ? 20 : 200;
  const mebibytes = quick ? 256 : 1024;
  const server = await startEmulator('--max-memory', '4GiB');
  const timed = async (path) => {
    const began = performance.now();
    await call(server, path);
    return performance.now() - began;
  };
  const resets = [];
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < STREAMS; i++) await call(server, '/createStream', { StreamName: `stream-${i}` });
    resets.push(await timed('/_kvs/reset'));
  }
  progress(0.2);
  await call(server, '/createStream', { StreamName: 'cam', DataRetentionInHours: 24 });
  const body = new LoopedBody({ mediaBytes: mebibytes * 1024 * 1024 });
  const { fragments } = body;
  await upload(server, putMediaHead('cam'), body);
  progress(0.7);
  const [taken, restored] = [[], []];
  for (let round = 0; round < (quick ? 5 : 20); round++) {
    taken.push(await timed('/_kvs/snapshots/one'));
    restored.push(await timed('/_kvs/snapshots/one/restore'));
    await fetch(`${server.url}/_kvs/snapshots/one`, { method: 'DELETE' });
  }
  await server.stop();
  const media = `${mebibytes.toLocaleString('en')} MiB in ${fragments.toLocaleString('en')} fragments`;
  return [
    {
      figure: `a reset with ${STREAMS} streams, as a request`,
      aim: `< ${RESET_MS} ms`,
      value: milliseconds(median(resets)),
      met: median(resets) < RESET_MS,
      absolute: '',
    },
    {
      figure: `a snapshot in memory of ${media}, as a request`,
      aim: `< ${FORK_MS} ms`,
      value: milliseconds(median(taken)),
      met: median(taken) < FORK_MS,
      absolute: '',
    },
    {
      figure: 'the return to it',
      aim: `< ${FORK_MS} ms`,
      value: milliseconds(median(restored)),
      met: median(restored) < FORK_MS,
      absolute: '',
    },
  ];
}
