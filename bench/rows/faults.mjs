import { call, jsonRequest, requestRate } from '../client.mjs';
import { startEmulator } from '../processes.mjs';
import { inTurns } from '../statistics.mjs';
import { rate, ratio } from '../units.mjs';

export const name = 'faults';

const WARM_REQUESTS = 30_000;
const RULES = 500;
const US = 1e6;

/** About other streams all but two: one by a pattern, one by its name, which are met and never fire. */
const rules = Array.from({ length: RULES }, (_, index) => ({
  match: { operation: 'DescribeStream', stream: ['str*', 'stream'][index] ?? `camera-${index}`, nth: 1e9 },
  effect: { status: 503 },
}));

async function start() {
  const emulator = await startEmulator();
  await call(emulator, '/createStream', { StreamName: 'stream', DataRetentionInHours: 24 });
  return emulator;
}

const put = (emulator, faults) =>
  fetch(`${emulator.url}/_kvs/faults`, { method: 'PUT', body: JSON.stringify({ faults }) }).then((answer) => {
    if (!answer.ok) throw new Error(`faults: ${answer.status}`);
  });

export async function run({ quick, progress }) {
  const rounds = quick ? 3 : 11;
  const load = { connections: 20, ms: quick ? 1000 : 2000 };
  const [never, now] = [await start(), await start()];
  const request = jsonRequest('/describeStream', { StreamName: 'stream' });
  const measure = (emulator) => () => requestRate(emulator, request, load);
  await put(now, rules);
  for (const emulator of [never, now]) {
    for (let answered = 0; answered < WARM_REQUESTS; ) answered += ((await measure(emulator)()) * load.ms) / 1000;
  }
  const turns = (at) =>
    inTurns({ rounds, a: measure(now), b: measure(never), onRound: (round) => progress(at + round / rounds / 2) });
  const on = await turns(0);
  await put(now, []);
  const off = await turns(0.5);
  await Promise.all([never.stop(), now.stop()]);
  const added = US / on.a - US / on.b;
  return [
    {
      figure: `DescribeStream with ${RULES} rules, of which it meets two: added to each request`,
      aim: '<= 5 µs',
      value: `${added.toFixed(1)} µs`,
      met: added <= 5,
      absolute: `${rate(on.a)} against ${rate(on.b)} without any`,
    },
    {
      figure: 'the same once they are taken back, against an emulator that never had any',
      aim: '>= 0.97',
      value: ratio(off.ratio),
      met: off.ratio >= 0.97,
      absolute: `${rate(off.a)} against ${rate(off.b)}`,
    },
  ];
}
