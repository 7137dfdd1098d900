import { spawn } from 'node:child_process';
import type { DecodeJob } from '../domain/ports.ts';
import { wallTimeout } from '../runtime/wall.ts';
import { DECODER_DEADLINE_MS, DecoderError } from './decoderError.ts';
import { assignPictures, decoderArguments } from './pictures.ts';

const MOST_LOG = 1_000_000;

/**
 * Decodes with an ffmpeg program, one process for all pictures.
 * @throws DecoderError
 */
export function decodeInProcess(
  command: string,
  job: DecodeJob,
  signal: AbortSignal,
  deadlineMs = DECODER_DEADLINE_MS,
): Promise<(Uint8Array | undefined)[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, decoderArguments(job, 'pipe:0', 'pipe:1'), { stdio: 'pipe' });
    const output: Buffer[] = [];
    let log = '';
    let late = false;
    const end = (): void => {
      child.kill('SIGKILL');
    };
    const cancelDeadline = wallTimeout(() => {
      late = true;
      end();
    }, deadlineMs);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    const settle = (): void => {
      cancelDeadline();
      signal.removeEventListener('abort', end);
    };
    child.stdout.on('data', (piece: Buffer) => output.push(piece));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (log.length < MOST_LOG) log += text;
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      settle();
      reject(new DecoderError(error.message, { missing: error.code === 'ENOENT' }));
    });
    child.on('close', (code, killed) => {
      settle();
      if (late) return reject(new DecoderError(`${command} did not finish within ${deadlineMs} ms and was ended`));
      if (killed !== null) return reject(new DecoderError(`${command} was ended by ${killed}`));
      const pictures = assignPictures(job, log, Buffer.concat(output));
      const nothing = pictures.every((picture) => picture === undefined);
      if (nothing && code !== 0) return reject(new DecoderError(`${command} ended with ${code}: ${lastLines(log)}`));
      resolve(pictures);
    });
    // It stops reading when it has seen enough, or nothing it could use.
    child.stdin.on('error', () => undefined);
    for (const piece of job.video) child.stdin.write(piece);
    child.stdin.end();
  });
}

const lastLines = (log: string): string => log.trim().split('\n').slice(-3).join(' | ');
