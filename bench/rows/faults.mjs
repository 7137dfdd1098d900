import { call, jsonRequest, requestRate } from '../client.mjs';
import { processorMs, startEmulator } from '../processes.mjs';
import { inTurns } from '../statistics.mjs';
import { ratio } from '../units.mjs';

export const name = 'faults';

const WARM_REQUESTS = 30_000;
const RULES = 500;

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

/** So many of each: of two processes of one program one may be some percent slower for as long as it lives. */
const PAIRS = 5;

/** Microseconds of processor time that a request takes. */
async function measured(emulator, load) {
  const before = processorMs(emulator.pid);
  const answered = ((await requestRate(emulator, request, load)) * load.ms) / 1000;
  return (1000 * (processorMs(emulator.pid) - before)) / answered;
}

const request = jsonRequest('/describeStream', { StreamName: 'stream' });

async function warm(emulator, load) {
  for (let answered = 0; answered < WARM_REQUESTS; )
    answered += ((await requestRate(emulator, request, load)) * load.ms) / 1000;
}

/** What rules add, in one process that has them and has them not by turns. */
async function added(load, rounds, onRound) {
  const emulator = await start();
  await put(emulator, rules);
  await warm(emulator, load);
  const withRules = (some) => async () => {
    await put(emulator, some);
    return measured(emulator, load);
  };
  const on = await inTurns({ rounds, a: withRules(rules), b: withRules([]), onRound });
  await emulator.stop();
  return on;
}

/** What is left once they are gone, against a process that never had any. */
async function left(load, rounds, onRound) {
  const [never, now] = [await start(), await start()];
  await put(now, rules);
  // What serves `/_kvs` is loaded in both.
  await put(never, []);
  for (const emulator of [never, now]) await warm(emulator, load);
  await put(now, []);
  const off = await inTurns({ rounds, a: () => measured(now, load), b: () => measured(never, load), onRound });
  await Promise.all([never.stop(), now.stop()]);
  return off;
}

const against = ({ a, b }) => `${a.toFixed(1)} µs of processor time against ${b.toFixed(1)} µs`;

export async function run({ quick, progress }) {
  const rounds = quick ? 3 : 11;
  const load = { connections: 20, ms: quick ? 1000 : 2000 };
  const on = await added(load, rounds, (round) => progress(round / rounds / 2));
  const pairs = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    pairs.push(await left(load, quick ? 1 : 3, () => progress(0.5 + pair / PAIRS / 2)));
  }
  const off = pairs.sort((a, b) => a.ratio - b.ratio)[(PAIRS - 1) / 2];
  const more = on.a - on.b;
  return [
    {
      figure: `DescribeStream with ${RULES} rules, of which it meets two: added to each request`,
      aim: '<= 5 µs',
      value: `${more.toFixed(1)} µs`,
      met: more <= 5,
      absolute: against(on),
    },
    {
      figure: 'the same once they are taken back, against an emulator that never had any',
      aim: '<= 1.03',
      value: ratio(off.ratio),
      met: off.ratio <= 1.03,
      absolute: `${against(off)}, the middle one of ${PAIRS} pairs of processes`,
    },
  ];
}
