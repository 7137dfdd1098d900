import { readFile, realpath, stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';

/** Why a file cannot be had, in a sentence. */
export class FileError extends Error {}

/** More would not fit into one piece of memory. */
const LARGEST = 2 ** 31 - 1;

/**
 * A file by a path that is relative to a folder. With `inside` it has to be in there, also where links lead.
 * @throws FileError
 */
export async function readFrom(folder: string, name: string, inside: boolean): Promise<Uint8Array> {
  try {
    const path = await realpath(resolve(folder, name));
    const home = await realpath(folder);
    if (inside && !path.startsWith(home.endsWith(sep) ? home : home + sep))
      throw new FileError('It is not in the folder of --seed.');
    const { size, isFile } = await facts(path);
    // What is no file may never come to an end.
    if (!isFile) throw new FileError('It is no file.');
    if (size > LARGEST) throw new FileError('It is larger than 2 GiB.');
    return await readFile(path);
  } catch (error) {
    if (error instanceof FileError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new FileError(code === 'ENOENT' ? 'There is no such file.' : `It cannot be read (${code}).`);
  }
}

async function facts(path: string): Promise<{ readonly size: number; readonly isFile: boolean }> {
  const found = await stat(path);
  return { size: found.size, isFile: found.isFile() };
}
