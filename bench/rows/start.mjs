import { fileURLToPath } from 'node:url';
import { firstAnswer, startBare, startEmulator, startWith } from '../processes.mjs';
import { inTurns } from '../statistics.mjs';
import { milliseconds, ratio } from '../units.mjs';

export const name = 'start';

const WEBSOCKETS = fileURLToPath(new URL('../../dist/vendor/ws.cjs', import.meta.url));

export async function run({ quick, progress }) {
  const rounds = quick ? 5 : 15;
  const emulator = () => firstAnswer(startEmulator);
  const part = (nth) => (round) => progress((nth + round / rounds) / 3);
  const bare = () => firstAnswer(() => startBare('hello'));
  const withWebSockets = () => firstAnswer(() => startWith(['--require', WEBSOCKETS]));
  await emulator();
  await bare();
  const started = await inTurns({ rounds, a: emulator, b: bare, onRound: part(0) });
  const called = await inTurns({ rounds, a: () => firstCall(startEmulator), b: emulator, onRound: part(1) });
  const loaded = await inTurns({ rounds, a: withWebSockets, b: emulator, onRound: part(2) });
  return [
    {
      figure: 'start to the first 200 of a built emulator, against a bare `node:http` server',
      aim: '<= 1.25',
      value: ratio(started.ratio),
      met: started.ratio <= 1.25,
      absolute: `${milliseconds(started.a)} against ${milliseconds(started.b)}, ${rounds} starts of each`,
    },
    {
      figure: 'start to the first call of the service that is answered, against that to the first 200',
      aim: '',
      value: ratio(called.ratio),
      absolute: `${milliseconds(called.a)} against ${milliseconds(called.b)}`,
    },
    {
      figure: 'start without WebSockets, of which nothing is loaded: saved against one that loads them first',
      aim: '> 0 ms',
      value: milliseconds(loaded.difference),
      met: loaded.difference > 0,
      absolute: `${milliseconds(loaded.b)} against ${milliseconds(loaded.a)}`,
    },
  ];
}

/** Milliseconds from the start to the answer of ListStreams, which is asked for as soon as the port is known. */
const firstCall = (starting) =>
  firstAnswer(starting, (url) =>
    fetch(`${url}/listStreams`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }),
  );
