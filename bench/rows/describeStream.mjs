import { performance } from 'node:perf_hooks';
import { call, jsonRequest, requestRate } from '../client.mjs';
import { startBare, startEmulator } from '../processes.mjs';
import { inTurns } from '../statistics.mjs';
import { rate, ratio } from '../units.mjs';

export const name = 'describeStream';
export const figure = 'DescribeStream over 20 kept connections, against a bare `node:http` JSON echo';
export const aim = '>= 0.4';

const WARM_REQUESTS = 30_000;

export async function run({ quick, progress, tell }) {
  const rounds = quick ? 3 : 7;
  const load = { connections: 20, ms: quick ? 1000 : 2000 };
  const emulator = await startEmulator();
  const bare = await startBare('echo');
  await call(emulator, '/createStream', { StreamName: 'stream', DataRetentionInHours: 24 });
  const request = jsonRequest('/describeStream', { StreamName: 'stream' });
  const describe = () => requestRate(emulator, request, load);
  let busiest = 0;
  const echo = async () => {
    const before = performance.eventLoopUtilization();
    const measured = await requestRate(bare, request, load);
    busiest = Math.max(busiest, performance.eventLoopUtilization(before).utilization);
    return measured;
  };
  // Until the compiler has seen enough of both, however slow the machine is.
  for (const measure of [describe, echo]) {
    for (let answered = 0; answered < WARM_REQUESTS; ) answered += ((await measure()) * load.ms) / 1000;
  }
  const measured = await inTurns({ rounds, a: describe, b: echo, onRound: (round) => progress(round / rounds) });
  await emulator.stop();
  await bare.stop();
  tell(`the client was busy for ${Math.round(busiest * 100)} % of the time at the bare server`);
  return {
    value: ratio(measured.ratio),
    met: measured.ratio >= 0.4,
    absolute: `${rate(measured.a)} against ${rate(measured.b)}`,
  };
}
