import { call, post, putMediaHead, upload } from '../client.mjs';
import { startBare, startEmulator } from '../processes.mjs';
import { LoopedBody } from '../producer.mjs';
import { inTurns } from '../statistics.mjs';
import { megabytesPerSecond, ratio, speed } from '../units.mjs';

export const name = 'ingest';
export const figure = 'PutMedia ingest of one connection, 64 KiB chunks, against a bare `node:http` server that counts';
export const aim = '>= 0.3';

const WARM_BYTES = 64e6;

/**
 * The emulator forgets everything between two rounds, so that only the first one waits for memory that the process never
 * had: that one is told apart, since it says more about the machine than about the emulator.
 */
export async function run({ quick, progress }) {
  const rounds = quick ? 3 : 7;
  const bytes = quick ? 256e6 : 1e9;
  const emulator = await startEmulator('--max-memory', '3GiB');
  const bare = await startBare('count');
  await putMedia(emulator, 'warm', WARM_BYTES);
  await count(bare, WARM_BYTES);
  const first = await ingest(emulator, bytes);
  await count(bare, bytes);
  const measured = await inTurns({
    rounds,
    a: () => ingest(emulator, bytes),
    b: () => count(bare, bytes),
    onRound: (round) => progress(round / rounds),
  });
  await emulator.stop();
  await bare.stop();
  return {
    value: ratio(measured.ratio),
    met: measured.ratio >= 0.3,
    absolute:
      `${speed(measured.a)} against ${speed(measured.b)}, ${bytes / 1e6} MB in each round; ` +
      `${speed(first)} into memory the process never had before`,
  };
}

export async function ingest(server, mediaBytes) {
  const { body, ms } = await putMedia(server, 'measured', mediaBytes);
  await call(server, '/_kvs/reset');
  return megabytesPerSecond(body.mediaBytes, ms);
}

/** Uploads to a new stream and makes sure that every fragment has been acknowledged as PERSISTED. */
export async function putMedia(server, stream, mediaBytes) {
  await call(server, '/createStream', { StreamName: stream, DataRetentionInHours: 72 });
  const body = new LoopedBody({ mediaBytes });
  const { ms, answer } = await upload(server, putMediaHead(stream), body);
  const persisted = answer.match(/"PERSISTED"/g)?.length ?? 0;
  if (persisted !== body.fragments) throw new Error(`${persisted} of ${body.fragments} fragments were persisted`);
  return { body, ms, lastNumber: /"FragmentNumber":"(\d+)"\}\s*$/.exec(answer)?.[1] };
}

export async function count(server, mediaBytes) {
  const body = new LoopedBody({ mediaBytes });
  const { ms, answer } = await upload(server, post('/', { 'Transfer-Encoding': 'chunked' }), body);
  if (JSON.parse(answer).bytes < body.mediaBytes) throw new Error(`${answer} of ${body.mediaBytes} bytes arrived`);
  return megabytesPerSecond(body.mediaBytes, ms);
}
