import { firstAnswer, startBare, startEmulator } from '../processes.mjs';
import { inTurns } from '../statistics.mjs';
import { milliseconds, ratio } from '../units.mjs';

export const name = 'start';
export const figure = 'start to the first 200 of a built emulator, against a bare `node:http` server';
export const aim = '<= 1.25';

export async function run({ quick, progress }) {
  const rounds = quick ? 5 : 15;
  const emulator = () => firstAnswer(startEmulator);
  const bare = () => firstAnswer(() => startBare('hello'));
  await emulator();
  await bare();
  const measured = await inTurns({ rounds, a: emulator, b: bare, onRound: (round) => progress(round / rounds) });
  return {
    value: ratio(measured.ratio),
    met: measured.ratio <= 1.25,
    absolute: `${milliseconds(measured.a)} against ${milliseconds(measured.b)}, ${rounds} starts of each`,
  };
}
