import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { CommandError, type CommandIO, UsageError } from './command.ts';

/** Where `get` puts the media. */
export interface Sink {
  readonly name: string;
  /** Resolves to false when nobody reads any more. Waits for a slow reader, or until `signal` is aborted. */
  write(chunk: Uint8Array): Promise<boolean>;
  close(): Promise<void>;
}

/** A file, or standard output for undefined and `-`. */
export async function openSink(file: string | undefined, { stdout, signal }: CommandIO): Promise<Sink> {
  const toFile = file !== undefined && file !== '-';
  if (!toFile && stdout.isTTY)
    throw new UsageError('Media are nothing to look at in a terminal: give --out FILE, or pipe them into a player.');
  let failure: NodeJS.ErrnoException | undefined;
  const failed = (error: NodeJS.ErrnoException): void => {
    failure = error;
  };
  let opened: Writable | undefined;
  // What is in the file already is kept until there is something to take its place.
  const open = (): Writable => {
    opened ??= (toFile ? createWriteStream(file) : stdout).on('error', failed);
    return opened;
  };
  const check = (): boolean => {
    // `| head` has seen enough: that is no failure.
    if (failure?.code === 'EPIPE' && !toFile) return false;
    if (failure !== undefined)
      throw new CommandError(`${toFile ? file : 'Standard output'} cannot be written (${failure.code}).`);
    return true;
  };
  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  return {
    name: toFile ? file : 'standard output',
    async write(chunk) {
      if (!check()) return false;
      const written = new Promise<void>((resolve) => void open().write(chunk, () => resolve()));
      await Promise.race([written, stopped]);
      return check();
    },
    async close() {
      if (toFile && opened !== undefined) {
        opened.end();
        await finished(opened).catch(failed);
        check();
      }
      opened?.off('error', failed);
    },
  };
}
