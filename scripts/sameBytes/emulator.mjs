// A built emulator as a process of its own, on a port that both builds get in turn: addresses stand in answers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

const SAME = [
  '--random-seed',
  '7',
  '--clock',
  'frozen',
  '--start-time',
  '2030-01-01T00:00:00Z',
  '--log-level',
  'error',
];

/** Below those that systems give to clients, so that nobody gets it between two starts; each has as many digits. */
const PORTS = { first: 24_580, last: 24_679 };

export async function freePort() {
  for (let port = PORTS.first; port <= PORTS.last; port++) {
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
  throw new Error(`No port from ${PORTS.first} to ${PORTS.last} is free.`);
}

/** Starts `main` and resolves once it listens. None outlives this process. */
export async function startEmulator(main, port, options) {
  const args = [main, 'start', '--port', String(port), ...SAME, ...options];
  // Nothing in the surroundings of whoever compares may tell the two apart from a third.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KVS_')));
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);
  const ended = once(child, 'close');
  let output = '';
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code}: ${output}`)));
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (output.includes(`:${port}`)) resolve();
    });
  });
  return async () => {
    kill();
    await ended;
    process.off('exit', kill);
  };
}
