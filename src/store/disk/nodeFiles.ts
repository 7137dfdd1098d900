import {
  closeSync,
  copyFileSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { constants, type FileHandle, open } from 'node:fs/promises';
import { handOver } from '../../runtime/handOver.ts';
import { makeFolder } from '../../runtime/makeFolder.ts';
import type { Files, OpenFile } from './files.ts';

/** For nobody else: in there are keys. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
/** What a file system says that has no two names for a file, or no more of them. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']);
/** So many pieces one call takes. */
const MOST_PIECES = 512;

/** The machine's file system. */
export const nodeFiles: Files = {
  list: (folder) => unlessMissing(() => readdirSync(folder)) ?? [],
  size: (path) => unlessMissing(() => statSync(path).size),
  readNow(path, at = 0, length) {
    if (at === 0 && length === undefined) return readFileSync(path);
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(length ?? Math.max(0, statSync(path).size - at));
      let filled = 0;
      while (filled < bytes.length) {
        const count = readSync(file, bytes, filled, bytes.length - filled, at + filled);
        if (count === 0) break;
        filled += count;
      }
      return bytes.subarray(0, filled);
    } finally {
      closeSync(file);
    }
  },
  writeNow: (path, bytes) => writeFileSync(path, bytes, { mode: FILE_MODE }),
  makeFolder: (folder) => makeFolder(folder, FOLDER_MODE),
  rename: (from, to) => renameSync(from, to),
  link(from, to) {
    try {
      linkSync(from, to);
    } catch (error) {
      if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      copyFileSync(from, to, constants.COPYFILE_FICLONE);
    }
  },
  remove: (path) => rmSync(path, { recursive: true, force: true }),
  async open(path, make) {
    return new NodeFile(await open(path, constants.O_RDWR | (make ? constants.O_CREAT : 0), FILE_MODE));
  },
  async syncFolder(folder) {
    // Of a folder Windows can neither.
    if (process.platform === 'win32') return;
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

function unlessMissing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

class NodeFile implements OpenFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async read(at: number, length: number): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.#handle.read(bytes, filled, length - filled, at + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled < length ? bytes.subarray(0, filled) : handOver(bytes);
  }

  async write(pieces: readonly Uint8Array[], at: number): Promise<void> {
    let place = at;
    for (let next = 0; next < pieces.length; next += MOST_PIECES) {
      place = await this.#writeSome(pieces.slice(next, next + MOST_PIECES), place);
    }
  }

  /** The machine may take a part of what it is given, and say why it took no more when it is given the rest. */
  async #writeSome(pieces: readonly Uint8Array[], at: number): Promise<number> {
    let [left, place] = [pieces, at];
    while (left.length > 0) {
      const { bytesWritten } = await this.#handle.writev(left, place);
      place += bytesWritten;
      left = behind(left, bytesWritten);
    }
    return place;
  }

  sync(): Promise<void> {
    return this.#handle.datasync();
  }

  truncate(size: number): Promise<void> {
    return this.#handle.truncate(size);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

function behind(pieces: readonly Uint8Array[], count: number): Uint8Array[] {
  const left: Uint8Array[] = [];
  let skip = count;
  for (const piece of pieces) {
    if (skip < piece.length) left.push(skip === 0 ? piece : piece.subarray(skip));
    skip = Math.max(0, skip - piece.length);
  }
  return left;
}
