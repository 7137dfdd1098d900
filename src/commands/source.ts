import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { CommandError } from './command.ts';

/** What `put` sends: a file, as often as wanted, or standard input, once. */
export interface Source {
  readonly name: string;
  /** Bytes; undefined for standard input. */
  readonly size: number | undefined;
  read(): AsyncIterable<Uint8Array>;
}

const CHUNK = 262_144;
const EBML_MAGIC = Buffer.from([0x1a, 0x45, 0xdf, 0xa3]);

export async function openSource(name: string, stdin: Readable): Promise<Source> {
  if (name === '-') return { name: 'standard input', size: undefined, read: () => checked(stdin) };
  const found = await stat(name).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(
      error.code === 'ENOENT' ? `There is no file ${name}.` : `${name} cannot be read (${error.code}).`,
    );
  });
  if (!found.isFile()) throw new CommandError(`${name} is not a file.`);
  const file = await open(name).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`${name} cannot be read (${error.code}).`);
  });
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(EBML_MAGIC.length), 0, EBML_MAGIC.length, 0);
    check(name, buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
  return { name, size: found.size, read: () => chunksOf(name) };
}

/** The file is opened when the first chunk is wanted: a service that refuses leaves nothing open. */
async function* chunksOf(name: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield* createReadStream(name, { highWaterMark: CHUNK });
}

/** What comes from a program is looked at when it comes. */
async function* checked(stdin: Readable): AsyncGenerator<Uint8Array, void, undefined> {
  let seen = Buffer.alloc(0);
  for await (const chunk of stdin as AsyncIterable<Uint8Array>) {
    if (seen.length < EBML_MAGIC.length) {
      seen = Buffer.concat([seen, chunk]).subarray(0, EBML_MAGIC.length);
      check('standard input', seen);
    }
    yield chunk;
  }
  if (seen.length === 0) throw new CommandError('Nothing came from standard input.');
}

function check(name: string, beginning: Uint8Array): void {
  if (beginning.length > 0 && EBML_MAGIC.subarray(0, beginning.length).equals(beginning)) return;
  const what = name === 'standard input' ? 'What comes from standard input' : name;
  throw new CommandError(`${what} is not Matroska. Make it so: ffmpeg -i INPUT -c copy -f matroska OUTPUT.mkv`);
}
