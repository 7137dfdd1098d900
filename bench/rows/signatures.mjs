import { once } from 'node:events';
import { open, requestRate } from '../client.mjs';
import { startEmulator } from '../processes.mjs';
import { signedRequest } from '../signer.mjs';
import { inTurns, median } from '../statistics.mjs';
import { rate } from '../units.mjs';

export const name = 'signatures';
export const figure = 'What `--auth sigv4` adds to a DescribeStream that is signed as the SDK for JavaScript signs it';
export const aim = '<= 60 µs';

const WARM_REQUESTS = 20_000;

export async function run({ quick, progress }) {
  const rounds = quick ? 3 : 7;
  const load = { connections: 20, ms: quick ? 1000 : 2000 };
  const [verifying, trusting] = [await startEmulator('--auth', 'sigv4'), await startEmulator()];
  const measure = (emulator) => () =>
    requestRate(emulator, signedRequest(emulator, '/describeStream', { StreamName: 'stream' }), load);
  for (const emulator of [verifying, trusting]) {
    const socket = await open(emulator.port);
    socket.write(signedRequest(emulator, '/createStream', { StreamName: 'stream' }));
    await once(socket, 'data');
    socket.destroy();
    for (let answered = 0; answered < WARM_REQUESTS; ) answered += ((await measure(emulator)()) * load.ms) / 1000;
  }
  const [a, b] = [measure(verifying), measure(trusting)];
  const measured = await inTurns({ rounds, a, b, onRound: (round) => progress(round / rounds) });
  await verifying.stop();
  await trusting.stop();
  const costs = measured.as.map((value, i) => 1e6 / value - 1e6 / measured.bs[i]);
  const cost = median(costs);
  return {
    value: `${cost.toFixed(1)} µs`,
    met: cost <= 60,
    absolute: `${rate(measured.a)} against ${rate(measured.b)}`,
  };
}
