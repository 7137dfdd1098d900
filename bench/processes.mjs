// Every server that is measured is a process of its own, and none outlives the benchmark.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const children = new Set();

function killAll() {
  for (const child of children) child.kill('SIGKILL');
}
process.on('exit', killAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

/** Starts `node ARGS` and resolves once it has said on stdout where it listens. */
async function start(args, { stderr = 'inherit' } = {}) {
  const spawnedAt = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', stderr] });
  children.add(child);
  const ended = new Promise((resolve) => child.once('close', resolve));
  void ended.then(() => children.delete(child));
  let output = '';
  const live = [];
  const url = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code}: ${output}`)));
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (/LIVE \d+\n/.test(text)) live.shift()?.(Number(/LIVE (\d+)/.exec(text)[1]));
      const address = /http:\/\/[\w.]+:\d+/.exec(output)?.[0];
      if (address !== undefined) resolve(address);
    });
  });
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid,
    spawnedAt,
    /** Bytes in use, of one that was started with `startCollected`. */
    liveBytes: () =>
      new Promise((resolve) => {
        live.push(resolve);
        child.kill('SIGUSR2');
      }),
    async stop() {
      // A profile is written by a process that ends.
      child.kill(nodeFlags.length > 0 ? 'SIGTERM' : 'SIGKILL');
      await ended;
    },
  };
}

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Flags of node for the emulators that are measured: `KVS_BENCH_NODE="--cpu-prof"` profiles them. */
const nodeFlags = (process.env.KVS_BENCH_NODE ?? '').split(' ').filter(Boolean);

export const startEmulator = (...options) => startBuild(path('../dist/main.js'), ...options);

/** One with more flags of node. */
export const startWith = (flags) =>
  start([...nodeFlags, ...flags, path('../dist/main.js'), 'start', '--port', '0', '--log-level', 'error']);

/** One that can be asked for its live bytes. */
export const startCollected = (...options) => {
  const flags = [...nodeFlags, '--expose-gc', '--import', path('./liveMemory.mjs')];
  return start([...flags, path('../dist/main.js'), 'start', '--port', '0', '--log-level', 'error', ...options]);
};

/** The emulator of another build: the path of its main.js. */
export const startBuild = (main, ...options) =>
  start([...nodeFlags, main, 'start', '--port', '0', '--log-level', 'error', ...options]);

/** The same with a log as a user has it, which nobody reads. */
export const startTalkative = (main) => start([...nodeFlags, main, 'start', '--port', '0'], { stderr: 'ignore' });

/** One of the servers under bare/. */
export const startBare = (name, ...args) => start([path(`bare/${name}.mjs`), ...args]);

/** A client under bench/ that takes lines and answers with lines. */
export function startClient(name, ...args) {
  const child = spawn(process.execPath, [path(`${name}.mjs`), ...args.map(String)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.add(child);
  const ended = once(child, 'close').then(() => children.delete(child));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    tell: (line) => child.stdin.write(`${line}\n`),
    async line() {
      const { done, value } = await lines.next();
      if (done) throw new Error(`${name} ended`);
      return value;
    },
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Processor time that a process has taken so far, ms; to the nearest 10 of them. */
export function processorMs(pid) {
  if (process.platform === 'linux') {
    // Thread by thread it is told in nanoseconds, where the kernel keeps count of that.
    const tasks = `/proc/${pid}/task`;
    if (existsSync(`/proc/${pid}/schedstat`)) {
      return (
        readdirSync(tasks).reduce(
          (sum, task) => sum + Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]),
          0,
        ) / 1e6
      );
    }
    // Behind the name, which may hold anything: state is the third field, user and system time the 14th and 15th.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }
  const time = execFileSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' });
  return (
    time
      .trim()
      .split(':')
      .reduce((sum, part) => sum * 60 + Number(part), 0) * 1000
  );
}

/** Memory that a process holds, in bytes. */
export function residentBytes(pid) {
  if (process.platform === 'linux') {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
  }
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024;
}

/** Milliseconds from the start of an emulator, or a bare server, to its first answer; it is stopped then. */
export async function firstAnswer(starting, ask = (url) => fetch(`${url}/_kvs/health`)) {
  const server = await starting();
  const { status } = await ask(server.url);
  const ms = performance.now() - server.spawnedAt;
  if (status !== 200) throw new Error(`status ${status}`);
  await server.stop();
  return ms;
}
