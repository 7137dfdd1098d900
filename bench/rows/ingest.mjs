import { call, post, putMediaHead, upload } from '../client.mjs';
import { startBare, startEmulator } from '../processes.mjs';
import { LoopedBody } from '../producer.mjs';
import { inTurns } from '../statistics.mjs';
import { megabytesPerSecond, ratio, speed } from '../units.mjs';

export const name = 'ingest';
export const figure = 'PutMedia ingest of one connection, 64 KiB chunks, against a bare `node:http` server that counts';
export const aim = '>= 0.5';

const WARM_BYTES = 64e6;

/** Both servers are new in each round: memory that was never touched costs the emulator what it costs its user. */
export async function run({ quick, progress }) {
  const rounds = quick ? 3 : 7;
  const bytes = quick ? 256e6 : 1e9;
  const measured = await inTurns({
    rounds,
    a: () => ingest(bytes),
    b: () => count(bytes),
    onRound: (round) => progress(round / rounds),
  });
  return {
    value: ratio(measured.ratio),
    met: measured.ratio >= 0.5,
    absolute: `${speed(measured.a)} against ${speed(measured.b)}, ${bytes / 1e6} MB in each round`,
  };
}

async function ingest(mediaBytes) {
  const server = await startEmulator('--max-memory', '3GiB');
  await putMedia(server, 'warm', WARM_BYTES);
  const { body, ms } = await putMedia(server, 'measured', mediaBytes);
  await server.stop();
  return megabytesPerSecond(body.mediaBytes, ms);
}

/** Uploads to a new stream and makes sure that every fragment has been acknowledged as PERSISTED. */
export async function putMedia(server, stream, mediaBytes, shape) {
  await call(server, '/createStream', { StreamName: stream, DataRetentionInHours: 72 });
  const body = new LoopedBody({ mediaBytes, ...shape });
  const { ms, answer } = await upload(server, putMediaHead(stream), body);
  const persisted = answer.match(/"PERSISTED"/g)?.length ?? 0;
  if (persisted !== body.fragments) throw new Error(`${persisted} of ${body.fragments} fragments were persisted`);
  return { body, ms, lastNumber: /"FragmentNumber":"(\d+)"\}\s*$/.exec(answer)?.[1] };
}

async function count(mediaBytes) {
  const server = await startBare('count');
  const send = async (total) => {
    const body = new LoopedBody({ mediaBytes: total });
    const { ms, answer } = await upload(server, post('/', { 'Transfer-Encoding': 'chunked' }), body);
    if (JSON.parse(answer).bytes < body.mediaBytes) throw new Error(`${answer} of ${body.mediaBytes} bytes arrived`);
    return megabytesPerSecond(body.mediaBytes, ms);
  };
  await send(WARM_BYTES);
  const measured = await send(mediaBytes);
  await server.stop();
  return measured;
}
