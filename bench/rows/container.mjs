import { execFileSync } from 'node:child_process';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { inTurns } from '../statistics.mjs';
import { milliseconds } from '../units.mjs';

export const name = 'container';
export const figure =
  'start of a container to the first 200 through its published port, beyond that of an empty Node server';
export const aim = '<= 400 ms';

const IMAGE = process.env.KVS_IMAGE ?? '';
const PORT = 4580;
const EMPTY = `require('node:http').createServer((q, r) => r.end('{}')).listen(${PORT})`;
const docker = (...args) =>
  execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

export async function run({ quick, tell, progress }) {
  const missing = whatIsMissing();
  if (missing !== undefined) {
    tell(`skipped: ${missing}`);
    return { value: 'skipped', absolute: missing };
  }
  const rounds = quick ? 3 : 11;
  const measured = await inTurns({
    rounds,
    a: () => firstAnswer([IMAGE]),
    // The same image, so that nothing but what runs in it differs.
    b: () => firstAnswer(['--entrypoint', 'node', IMAGE, '-e', EMPTY]),
    onRound: (round) => progress(round / rounds),
  });
  const { difference } = measured;
  const absolute = `${milliseconds(measured.a)} against ${milliseconds(measured.b)}, ${rounds} starts of each`;
  return { value: milliseconds(difference), met: difference <= 400, absolute };
}

function whatIsMissing() {
  if (IMAGE === '')
    return 'KVS_IMAGE names no image (docker build -t kvs-emulator . && KVS_IMAGE=kvs-emulator npm run bench)';
  try {
    docker('image', 'inspect', IMAGE);
  } catch (error) {
    return `no container engine, or no image ${IMAGE}: ${String(error.stderr ?? error.message).split('\n')[0]}`;
  }
  return undefined;
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The status that is answered, if any is: the engine takes connections before anybody in the container does. */
const health = (port) =>
  new Promise((resolve) => {
    const asked = get({ host: '127.0.0.1', port, path: '/_kvs/health', agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on('error', () => resolve(undefined));
    asked.on('close', () => resolve(undefined));
  });

async function firstAnswer(image) {
  const port = await freePort();
  const began = performance.now();
  const id = docker('run', '-d', '-p', `127.0.0.1:${port}:${PORT}`, ...image);
  try {
    for (;;) {
      if ((await health(port)) === 200) return performance.now() - began;
      if (performance.now() - began > 30_000) throw new Error(`${image.join(' ')} did not answer in half a minute`);
      await sleep(5);
    }
  } finally {
    docker('rm', '-f', id);
  }
}
