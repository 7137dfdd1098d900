// Programs of other people that the tests use as clients. They run beside the test, never in place of it: the emulator
// they talk to lives in the test's own process.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, onTestFinished } from 'vitest';
import type { Bytes } from './mkv.ts';

/** GPAC's; `scripts/mp4box.sh` gets one where the system has none. */
export const MP4BOX = process.env.KVS_MP4BOX ?? 'MP4Box';

/** Commands that succeed, quickly, where each is there. */
const PROBES = {
  aws: ['aws --version'],
  boto3: ['python3 -m boto3.__init__'],
  curl: ['curl --version'],
  bash: ['bash --version'],
  ffmpeg: ['ffmpeg -version'],
  ffprobe: ['ffprobe -version'],
  fish: ['fish --version'],
  go: ['go version'],
  gstreamer: ['gst-inspect-1.0 x264enc', 'gst-inspect-1.0 h264parse', 'gst-inspect-1.0 matroskamux'],
  java: ['java -version', 'javac -version'],
  mkvinfo: ['mkvinfo --version'],
  mp4box: [`${MP4BOX} -version`],
  moto: ['moto_server --help'],
  openssl: ['openssl version'],
  python: ['python3 --version'],
  // It does not even tell root its version.
  vlc: ['which cvlc'],
  zsh: ['zsh --version'],
} as const;
export type Program = keyof typeof PROBES;

const installed = (program: Program): boolean =>
  PROBES[program].every((line) => {
    const [command = '', ...args] = line.split(' ');
    return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
  });

/**
 * May be missing anywhere. Compilers are not installed for one test each. Debian 12 has no MP4Box, and the release whose package is used instead can leave the mirrors
 * on any day, which would be no change of ours that fails.
 */
const HARD_TO_GET: readonly Program[] = ['fish', 'go', 'java', 'moto', 'mp4box', 'zsh'];

/** Starting them takes as long as it takes; a busy machine is no failure. */
const TIMEOUT_MS = 120_000;

/**
 * A describe block that needs programs. Without them it is skipped and the reason printed; with KVS_REQUIRE_CLIENTS=1
 * it fails instead, unless they are hard to get.
 */
export function describeWith(programs: readonly Program[], name: string, body: () => void): void {
  const missing = programs.filter((program) => !installed(program));
  const reason = `${name}: ${missing.join(', ')} not installed`;
  const required = missing.filter((program) => !HARD_TO_GET.includes(program));
  if (required.length > 0 && process.env.KVS_REQUIRE_CLIENTS === '1') throw new Error(reason);
  if (missing.length > 0) process.stderr.write(`skipped: ${reason}\n`);
  describe.skipIf(missing.length > 0)(name, { timeout: TIMEOUT_MS }, body);
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}
export interface Running {
  /** Everything it writes to its standard output, as it comes. */
  readonly stdout: AsyncIterable<Bytes>;
  /** Resolves when it has taken the bytes. */
  write(bytes: Bytes): Promise<void>;
  /** Closes its standard input. */
  end(): void;
  readonly finished: Promise<Finished>;
}

/** Test credentials; no configuration or proxy of the machine reaches the program. */
const clean = (env: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  LANG: 'C.UTF-8',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_MAX_ATTEMPTS: '1',
  AWS_PAGER: '',
  ...env,
});

/** Starts a program that ends with the test at the latest. */
export function start(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(command, args, { env: clean(env), stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const pieces: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    stderr += piece;
  });
  // A program may stop reading before its input is over; its exit code says whether that was right.
  child.stdin.on('error', () => undefined);
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout: Buffer.concat(pieces), stderr }));
  });
  finished.catch(() => undefined);
  return {
    stdout: child.stdout,
    write: (bytes) => new Promise((resolve) => child.stdin.write(bytes, () => resolve())),
    end: () => void child.stdin.end(),
    finished,
  };
}

/** Runs a program to its end. */
export async function run(
  command: string,
  args: readonly string[],
  options: { input?: Bytes; env?: Readonly<Record<string, string>> } = {},
): Promise<Finished> {
  const running = start(command, args, options.env);
  if (options.input) await running.write(options.input);
  running.end();
  return running.finished;
}

/** Runs a program that has to succeed, and returns what it wrote. */
export async function output(...call: Parameters<typeof run>): Promise<Buffer> {
  const { code, stdout, stderr } = await run(...call);
  if (code !== 0) throw new Error(`${call[0]} ${call[1].join(' ')}: exit code ${code}\n${stderr}${stdout}`);
  return stdout;
}

/** A folder that is gone after the test. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kvs-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
