// The built program, as a user runs it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Running {
  readonly url: string;
  readonly pid: number;
  /** What it has written to stderr. */
  readonly log: () => string;
  kill(): Promise<void>;
  /** Ends it by a signal that asks. Resolves to its exit code. */
  stop(): Promise<number | null>;
}

/** Rejects with what it said if it ends before it is ready. */
export const startProgram = (...options: readonly string[]): Promise<Running> => launchProgram(...options).ready;

/** The same for who does not wait until it is ready. */
export function launchProgram(...options: readonly string[]): {
  readonly ready: Promise<Running>;
  readonly kill: () => Promise<void>;
} {
  const args = [MAIN, 'start', '--port', '0', '--log-level', 'error', ...options];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close') as Promise<[code: number | null]>;
  let [out, err] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  const url = new Promise<string>((resolve, reject) => {
    void closed.then(([code]) => reject(new Error(`it ended with ${code}: ${err}`)));
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text;
      const found = /http:\/\/[\w.]+:\d+/.exec(out)?.[0];
      if (found !== undefined) resolve(found);
    });
  });
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await closed;
  };
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    const [code] = await closed;
    return code;
  };
  const pid = child.pid as number;
  return { ready: url.then((known) => ({ url: known, pid, log: () => err, kill, stop })), kill };
}
