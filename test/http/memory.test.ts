import { spawn } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { absurd, type Client, createStreams, lawful, type Place } from '../support/crowd.ts';
import { noise } from '../support/producer.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const MIB = 1024 * 1024;
/** A mix ends then, however far its clients have come; `MS` says otherwise. */
const MOST_MS = Number(process.env.MS ?? 5000);
/** How many clients of a mix are at work at once, and in all. */
const AT_ONCE = 4;
const CLIENTS = 14;

const LINUX = existsSync('/proc/self/status');
if (!LINUX) process.stderr.write('skipped: the resident set of a process is read from /proc, which is not there\n');

/** Bytes, of a line of /proc/PID/status. */
const statusOf = (pid: number, line: 'VmRSS' | 'VmHWM'): number =>
  Number(new RegExp(`${line}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;

/** The built program: in the test's own process nobody could tell whose memory it is. */
async function start(...options: readonly string[]): Promise<{ port: number; pid: number }> {
  const args = [MAIN, 'start', '--port', '0', '--log-format', 'json', '--log-level', 'error', ...options];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [ready] = (await once(child.stdout, 'data')) as [Buffer];
  const { port, pid } = JSON.parse(ready.toString()) as { port: number; pid: number };
  return { port, pid };
}

/** Lets a random choice of clients loose on it, until they have all come to an end or the time is over. */
async function letLoose(place: Place, signal: AbortSignal): Promise<string[]> {
  const all = Object.entries<Client>({ ...lawful, ...absurd });
  const chosen = Array.from({ length: CLIENTS }, () => all[place.random(all.length)] as (typeof all)[number]);
  // Where there is much to read, readers matter.
  chosen.unshift(['a camera with large fragments', lawful['a camera with large fragments'] as Client]);
  const names = chosen.map(([name]) => name);
  const work = async (): Promise<void> => {
    for (let next = chosen.shift(); next !== undefined && !signal.aborted; next = chosen.shift()) await next[1](place);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return names;
}

describe.skipIf(!LINUX)('the resident set stays under that of an idle process and 1.3 times --max-memory', () => {
  it.each([
    [25, 256, 'refuse'],
    [24, 64, 'drop-oldest'],
    [29, 128, 'refuse'],
    // MORE=24 lets so many others loose.
    ...Array.from(
      { length: Number(process.env.MORE ?? 0) },
      (_, i) => [30 + i, [64, 128, 256][i % 3] as number, i % 2 === 0 ? 'drop-oldest' : 'refuse'] as const,
    ),
  ] as const)('whatever clients do: mix %i, %i MiB, --when-full %s', async (seed, megabytes, whenFull) => {
    const { port, pid } = await start('--max-memory', `${megabytes}m`, '--when-full', whenFull);
    const next = noise(seed);
    const end = new AbortController();
    const { signal } = end;
    setMaxListeners(0, signal);
    AbortSignal.timeout(MOST_MS).addEventListener('abort', () => end.abort());
    const place: Place = { port, random: (below) => next() % below, signal };
    await createStreams(place);
    // The code that serves clients is nobody's: an idle process is one that has it.
    await lawful['a producer of a real file']?.({ ...place, random: (below) => noise(1)() % below });
    const base = statusOf(pid, 'VmRSS');
    const clients = await letLoose(place, signal);
    const most = statusOf(pid, 'VmHWM');
    end.abort();
    expect((most - base) / MIB, clients.join(', ')).toBeLessThan(1.3 * megabytes);
  });
});
