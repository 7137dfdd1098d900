// Kills a built emulator with kill -9 under eight producers and a client, and looks each time whether all is there that it
// promised. Who stops it, or sees it fail, goes on from there with the same folder.
//   npm run kill -- [--rounds 200] [--now 200] [--seed 1] [--folder kills]
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    now: { type: 'string' },
    seed: { type: 'string', default: '1' },
    folder: { type: 'string', default: 'kills' },
  },
});
const args = ['vitest', 'run', '--project', 'core', 'test/durable/kill.test.ts', '--disable-console-intercept'];
const env = {
  ...process.env,
  KVS_KILLS: values.rounds,
  KVS_KILLS_NOW: values.now ?? values.rounds,
  KVS_KILL_SEED: values.seed,
  KVS_KILL_FOLDER: resolve(values.folder),
};
spawn('npx', args, {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env,
  stdio: 'inherit',
  shell: process.platform === 'win32',
}).on('close', (code) => process.exit(code ?? 1));
