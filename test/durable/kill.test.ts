// Some rounds of kill -9. `npm run kill` has as many as one likes, with a line for each.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PRODUCERS, runKills } from './killing/rounds.ts';
import { dataFolder } from './service.ts';

const ROUNDS = Number(process.env.KVS_KILLS ?? 3);
const SEED = Number(process.env.KVS_KILL_SEED ?? 1);
const NOW = Number(process.env.KVS_KILLS_NOW ?? ROUNDS);
const FOLDER = process.env.KVS_KILL_FOLDER;

it(`keeps what it promised when it is killed, ${ROUNDS} times, under ${PRODUCERS} producers and a client`, {
  timeout: 60_000 + ROUNDS * 60_000,
}, async () => {
  const folder = FOLDER ?? join(dataFolder(), 'kills');
  const say = FOLDER === undefined ? () => undefined : (line: string) => void process.stdout.write(`${line}\n`);
  const { round } = await runKills({ folder, rounds: ROUNDS, now: NOW, seed: SEED, say });
  expect(round).toBeGreaterThan(0);
  if (NOW === ROUNDS) expect(round).toBe(ROUNDS);
});
