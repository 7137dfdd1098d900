import { call } from '../client.mjs';
import { processorMs, startBare, startClient, startEmulator } from '../processes.mjs';
import { inTurns } from '../statistics.mjs';
import { milliseconds, ratio } from '../units.mjs';

export const name = 'cameras';

const CAMERAS = 600;
const LIMIT_MS = 50;
/** How many cameras the search begins with, and how near it comes to the number it looks for. */
const FROM = 600;
const STEP = 50;
const MOST = 4800;

export async function run({ quick, tell, progress }) {
  const rounds = quick ? 3 : 7;
  const ms = quick ? 2500 : 4000;
  const emulator = await startEmulator('--max-memory', '6GiB');
  const bare = await startBare('count');
  // Code that has run often runs faster, and memory that has been filled before is filled sooner. It goes back to the system
  // while the other server is watched: each is watched twice in its turn, and the second time counts.
  const first = (await watch(emulator, CAMERAS, { ms })).cost;
  const second = async (server, options) => {
    await watch(server, CAMERAS, options);
    return (await watch(server, CAMERAS, options)).cost;
  };
  const ofEmulator = () => second(emulator, { ms });
  const ofBare = () => second(bare, { ms, bare: true });
  const measured = await inTurns({
    rounds,
    a: ofBare,
    b: ofEmulator,
    onRound: (round) => progress(round / rounds / 2),
  });
  await bare.stop();
  const over = await leastTooMany(emulator, { ms, tell });
  await emulator.stop();
  return [
    {
      figure:
        `${CAMERAS} cameras of 25 frames/s, each frame a chunk of 4 kB: processor time for a chunk of a bare ` +
        "`node:http` server that counts, against the emulator's",
      aim: '>= 0.65',
      value: ratio(measured.ratio),
      met: measured.ratio >= 0.65,
      absolute:
        `${measured.a.toFixed(1)} us against ${measured.b.toFixed(1)} us; ` +
        `${first.toFixed(1)} us for the first, into memory the process never had before`,
    },
    {
      figure: `such cameras at which PERSISTED comes more than ${LIMIT_MS} ms after the next Cluster has begun, p99`,
      aim: '',
      value: Number.isFinite(over.number) ? over.number.toLocaleString('en') : `more than ${MOST / 1.5}`,
      absolute: Number.isFinite(over.number)
        ? `there p50 ${milliseconds(over.p50)}, p99 ${milliseconds(over.p99)}; the client itself was late by up to ${milliseconds(over.late)}`
        : '',
    },
  ];
}

/** The least number, to the nearest STEP, at which PERSISTED is late. */
async function leastTooMany(emulator, { ms, tell }) {
  let fine = 0;
  let over = { number: Number.POSITIVE_INFINITY };
  for (let number = FROM; number <= MOST && over.number - fine > STEP; ) {
    let seen = await watch(emulator, number, { ms });
    // Whatever else the machine did then, it will hardly do again.
    if (seen.p99 > LIMIT_MS) seen = await watch(emulator, number, { ms });
    const late = seen.p99 > LIMIT_MS;
    tell(`${number}: p99 ${milliseconds(seen.p99)}${late ? ', too many' : ''}`);
    if (late) over = { number, ...seen };
    else fine = number;
    number = Number.isFinite(over.number) ? Math.round((fine + over.number) / 2 / STEP) * STEP : fine * 1.5;
  }
  return over;
}

/** So many cameras for so long: what they saw, and what processor time the server took for a chunk meanwhile, us. */
async function watch(server, number, { ms, bare = false }) {
  const cameras = startClient('cameras', server.port, number, ...(bare ? ['bare'] : []));
  await cameras.line();
  const before = processorMs(server.pid);
  cameras.tell('start');
  await new Promise((resolve) => setTimeout(resolve, ms));
  const spent = processorMs(server.pid) - before;
  cameras.tell('stop');
  const told = JSON.parse(await cameras.line());
  await cameras.stop();
  if (!bare) await call(server, '/_kvs/reset');
  return { ...told, cost: (1000 * spent) / told.chunks };
}
