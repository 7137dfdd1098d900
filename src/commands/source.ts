import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { CommandError, type CommandIO } from './command.ts';
import { containerOf, type FileFormat, HEAD_LENGTH, isMatroska } from './containers.ts';
import { hasFfmpeg, needsFfmpeg, recut, remuxed } from './remux.ts';

/** What `put` sends: a file, as often as wanted, or standard input, once. */
export interface Source {
  readonly name: string;
  /** Bytes; undefined where nobody knows before they have been sent. */
  readonly size: number | undefined;
  read(): AsyncIterable<Uint8Array>;
}

type World = Pick<CommandIO, 'stdin' | 'stderr' | 'env' | 'signal'>;

const CHUNK = 262_144;
const STDIN = 'standard input';

/** Matroska is sent as it is, or with `anew` cut at its key frames; other containers are put into Matroska by ffmpeg. */
export async function openSource(file: string, io: World, anew: boolean): Promise<Source> {
  if (file === '-') return { name: STDIN, size: undefined, read: () => fromProgram(io, anew) };
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(
      error.code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read (${error.code}).`,
    );
  });
  if (!found.isFile()) throw new CommandError(`${file} is not a file.`);
  const container = await tell(file, await headOf(file), io);
  if (container !== undefined)
    return { name: file, size: undefined, read: () => recut(file, remuxed(file, file, container, io)) };
  if (anew) return { name: file, size: undefined, read: () => recut(file, chunksOf(file)) };
  return { name: file, size: found.size, read: () => chunksOf(file) };
}

async function headOf(name: string): Promise<Uint8Array> {
  const file = await open(name).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`${name} cannot be read (${error.code}).`);
  });
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_LENGTH), 0, HEAD_LENGTH, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The container that has to be left for Matroska, after a word about it; undefined for Matroska. */
async function tell(name: string, head: Uint8Array, io: World): Promise<FileFormat | undefined> {
  if (isMatroska(head)) return undefined;
  const container = containerOf(head);
  if (head.length === 0) throw new CommandError(name === STDIN ? `Nothing came from ${STDIN}.` : `${name} is empty.`);
  if (container === undefined) {
    const what = name === STDIN ? `What comes from ${STDIN}` : name;
    throw new CommandError(
      `${what} is neither Matroska nor a recording of another kind that is known here. ` +
        'Make it Matroska: ffmpeg -i INPUT -c copy OUTPUT.mkv',
    );
  }
  if (!(await hasFfmpeg(io))) throw new CommandError(needsFfmpeg(name, container));
  const sound = container.encodeSound ? '; its sound is encoded anew' : '';
  const times = container.timeless ? '; it has no times, so that 25 pictures a second are assumed' : '';
  io.stderr.write(`${name} is ${container.name}: ffmpeg puts it into Matroska${sound}${times}.\n`);
  return container;
}

/** The file is opened when the first chunk is wanted: a service that refuses leaves nothing open. */
async function* chunksOf(name: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield* createReadStream(name, { highWaterMark: CHUNK });
}

/** What comes from a program is looked at when it comes. */
async function* fromProgram(io: World, anew: boolean): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = (io.stdin as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  // Matroska is known by four bytes: a live picture must not wait for more of them.
  while (head.length < (isMatroska(head) ? 4 : HEAD_LENGTH)) {
    const { value, done } = await chunks.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  const container = await tell(STDIN, head.subarray(0, HEAD_LENGTH), io);
  const body = resumed(head, chunks);
  if (container !== undefined) yield* recut(STDIN, remuxed(STDIN, body, container, io));
  else if (anew) yield* recut(STDIN, body);
  else yield* body;
}

async function* resumed(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* { [Symbol.asyncIterator]: () => rest };
}
