import { load } from '../../scripts/load.mjs';
import { call, jsonRequest } from '../client.mjs';
import { against, between, microsPerRequest, warm } from '../perRequest.mjs';
import { startEmulator } from '../processes.mjs';
import { inTurns } from '../statistics.mjs';
import { ratio } from '../units.mjs';

export const name = 'faults';

const CALLS = 5000;
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

const request = jsonRequest('/describeStream', { StreamName: 'stream' });

/** What rules add, in one process that has them and has them not by turns. Microseconds of a call, without its connection. */
async function added({ quick, progress }) {
  const { startRoad } = await load('bench/road.mjs');
  const { emulator, caller } = startRoad();
  await caller('CreateStream', { StreamName: 'stream' })();
  const describe = caller('DescribeStream', { StreamName: 'stream' });
  const micros = async () => {
    const before = process.cpuUsage();
    for (let i = 0; i < CALLS; i++) await describe();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / CALLS;
  };
  const withRules = (some) => async () => {
    emulator.faults.replace(some);
    // What becoming and being forgotten costs is over then.
    await micros();
    return micros();
  };
  const rounds = quick ? 15 : 61;
  const onRound = (round) => progress(round / rounds / 2);
  const measured = await inTurns({ rounds, a: withRules(rules), b: withRules([]), onRound });
  emulator.stop();
  return measured;
}

/**
 * What is left once they are gone, against a process that never had any. Of two processes of one program one may be some
 * percent slower for as long as it lives: each pair is two new ones.
 */
async function left({ quick, progress }) {
  const rounds = quick ? 3 : 11;
  const measured = async (some) => {
    const emulator = await start();
    // What serves `/_kvs` is loaded in both.
    await put(emulator, some);
    await warm(emulator, request);
    await put(emulator, []);
    const micros = await microsPerRequest(emulator, request, quick ? 1000 : 2000);
    await emulator.stop();
    return micros;
  };
  const onRound = (round) => progress(0.5 + round / rounds / 2);
  return inTurns({ rounds, a: () => measured(rules), b: () => measured([]), onRound });
}

export async function run(watcher) {
  const on = await added(watcher);
  const off = await left(watcher);
  return [
    {
      figure: `DescribeStream with ${RULES} rules, of which it meets two: added to each of them`,
      aim: '<= 5 µs',
      value: `${on.difference.toFixed(1)} µs`,
      met: on.difference <= 5,
      absolute: `${against(on)}, in process`,
    },
    {
      figure: 'the same once they are taken back, against an emulator that never had any',
      aim: '<= 1.03',
      value: ratio(off.ratio),
      met: off.interval[0] <= 1.03,
      absolute: `${against(off)}, ${between(off.interval)}`,
    },
  ];
}
