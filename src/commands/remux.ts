import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Recutter } from '../media/matroska/recut.ts';
import { CommandError, type CommandIO } from './command.ts';
import type { FileFormat } from './containers.ts';

/** How to encode what cannot be taken as it is; key frames 2 s apart at 25 pictures a second. */
const encoding = (input: string): string =>
  `ffmpeg -i ${input} -c:v libx264 -pix_fmt yuv420p -bf 0 -g 50 -c:a aac -f matroska - | kvs-emulator put STREAM - --recut`;

type World = Pick<CommandIO, 'env' | 'signal'>;

export async function hasFfmpeg({ env }: World): Promise<boolean> {
  const probe = spawn('ffmpeg', ['-version'], { env, stdio: 'ignore' });
  return once(probe, 'close').then(
    ([code]) => code === 0,
    () => false,
  );
}

/** What to do where there is no ffmpeg. */
export const needsFfmpeg = (name: string, { name: kind }: FileFormat): string =>
  `${name} is ${kind}, and the service takes Matroska. Install ffmpeg, and put does the rest by itself; or make it ` +
  `Matroska elsewhere (ffmpeg -i ${shown(name)} -c copy OUTPUT.mkv) and put that with --recut.`;

const shown = (name: string): string => (name === 'standard input' ? 'INPUT' : name);

/**
 * Media in another container as Matroska, by ffmpeg: frames stay as they are. Reads a file by its name, or what comes from
 * a program.
 */
export async function* remuxed(
  name: string,
  input: string | AsyncIterable<Uint8Array>,
  container: FileFormat,
  { env, signal }: World,
): AsyncGenerator<Uint8Array, void, undefined> {
  const from = typeof input === 'string' ? `file:${input}` : 'pipe:0';
  const child = spawn(
    'ffmpeg',
    [
      ...['-nostdin', '-hide_banner', '-loglevel', 'error'],
      // A file that names others, as playlists do, must not have them read. AVI and MPEG-PS leave times out.
      ...['-protocol_whitelist', 'file,pipe', '-fflags', '+genpts', '-i', from],
      ...['-map', '0:v:0?', '-map', '0:a:0?', '-c', 'copy', ...(container.encodeSound ? ['-c:a', 'aac'] : [])],
      ...['-f', 'matroska', 'pipe:1'],
    ],
    { env, signal, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    complaint = (complaint + piece).slice(-4096);
  });
  const ended = once(child, 'close');
  ended.catch(() => undefined);
  // It may have enough before the input is over; whether that was right its exit code says.
  if (typeof input === 'string') child.stdin.end();
  else pipeline(Readable.from(input), child.stdin).catch(() => undefined);
  let length = 0;
  try {
    for await (const chunk of child.stdout as AsyncIterable<Uint8Array>) {
      length += chunk.byteLength;
      yield chunk;
    }
    const [code] = await ended;
    // An MP4 may say at its end where its frames are: from a pipe ffmpeg then finds none, and says so with exit code 0.
    if (typeof input !== 'string' && /moov atom not found|partial file/.test(complaint)) {
      throw new CommandError(
        `${name} is ${container.name} whose index stands at its end, which cannot be read from a pipe. Give the file by its ` +
          'name, or make it with the index in front: ffmpeg -i INPUT -c copy -movflags +faststart OUTPUT.mp4',
      );
    }
    if (code === 0 && length > 0) return;
    const why =
      complaint
        .trim()
        .split('\n')
        .findLast((line) => line.trim() !== '') ?? 'it found no video and no sound';
    throw new CommandError(
      `ffmpeg cannot put ${name} (${container.name}) into Matroska as it is: ${why.trim()}. ` +
        `Encode it: ${encoding(shown(name))}`,
    );
  } finally {
    child.kill('SIGKILL');
  }
}

/** Clusters as the service wants them, whoever cut them before. */
export async function* recut(name: string, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const recutter = new Recutter();
  try {
    for await (const chunk of body) {
      const ready = recutter.push(chunk);
      if (ready.length > 0) yield ready;
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'MatroskaError')
      throw new CommandError(`${name} cannot be cut anew: ${error.message}.`);
    throw error;
  }
  const rest = recutter.end();
  if (rest.length > 0) yield rest;
}
