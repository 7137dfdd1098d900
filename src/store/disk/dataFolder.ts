import { inTurn } from '../../runtime/inTurn.ts';
import type { Log } from '../../runtime/log.ts';
import type { Room } from '../../runtime/room.ts';
import { wallTimeout } from '../../runtime/wall.ts';
import { Catalogue } from './catalogue.ts';
import { DataFolderError } from './failures.ts';
import type { Files } from './files.ts';
import type { FolderParts, FolderStores } from './folderStores.ts';
import { GroupCommit } from './groupCommit.ts';
import { Health } from './health.ts';
import { Lock } from './lock.ts';
import { nodeFiles } from './nodeFiles.ts';
import { OpenFiles } from './openFiles.ts';
import { Secrets } from './secrets.ts';
import { SetAside } from './setAside.ts';
import { checkSizes, noteSizes } from './sizes.ts';

/** What is not on the disk after so long stays as it is there. Milliseconds of real time. */
const MOST_CLOSING_MS = 1200;

export interface DataFolderOptions {
  readonly folder: string;
  /** What is safe together is made so at most once in so many ms; 0 begins at once. */
  readonly fsyncMs: number;
  readonly log: Log;
  readonly files?: Files;
  /** Whether it is held against other processes. */
  readonly locked?: boolean;
}

/** A folder that outlasts the process. Whoever starts one waits until it is held and its catalogue read, and no longer. */
export class DataFolder {
  readonly secrets: Secrets;
  readonly #parts: FolderParts;
  readonly #lock: Lock | undefined;
  #stores: FolderStores | undefined;
  #closed: Promise<void> | undefined;

  private constructor(parts: FolderParts, lock: Lock | undefined) {
    this.#parts = parts;
    this.#lock = lock;
    this.secrets = new Secrets(parts.catalogue);
  }

  /** Rejects with a DataFolderError, in words, if it cannot be used. */
  static async open(options: DataFolderOptions): Promise<DataFolder> {
    const { folder, fsyncMs, log, files = nodeFiles, locked = true } = options;
    const media = `${folder}/media`;
    let lock: Lock | undefined;
    try {
      files.makeFolder(media);
      lock = locked ? await Lock.take(folder) : undefined;
      const open = new OpenFiles(files);
      const commit = new GroupCommit(fsyncMs);
      const aside = new SetAside(files, folder, log);
      checkSizes(files, folder, aside);
      const health = new Health(log, `The catalogue in ${folder}`);
      const catalogue = await Catalogue.open({ files, open, commit, aside, folder, health });
      return new DataFolder({ folder, media, log, files, catalogue, commit, open, aside }, lock);
    } catch (error) {
      lock?.release();
      throw asFolderError(error, folder);
    }
  }

  /** What is kept there, which has to be loaded. To be asked once. Rejects with a DataFolderError if it cannot be read. */
  async stores(room: Room): Promise<Pick<FolderStores, 'records' | 'payloads'>> {
    const { folderStores } = await inTurn(() => import('./folderStores.ts'));
    try {
      this.#stores = folderStores(this.#parts, room);
    } catch (error) {
      throw asFolderError(error, this.#parts.folder);
    }
    const { records, payloads } = this.#stores;
    return { records, payloads };
  }

  /** Makes safe what is still to be, within a moment, and lets others have the folder. Calling it again does nothing. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.race([this.#finish(), new Promise<void>((resolve) => wallTimeout(resolve, MOST_CLOSING_MS))]);
    this.#parts.open.close();
    try {
      this.#stores?.held.end();
    } finally {
      this.#lock?.release();
    }
  }

  async #finish(): Promise<void> {
    const { commit, files, folder, catalogue } = this.#parts;
    await commit.settle();
    await this.#stores?.payloads.finish();
    await commit.settle();
    await catalogue.end().catch(() => undefined);
    await noteSizes(files, folder).catch(() => undefined);
  }
}

function asFolderError(error: unknown, folder: string): Error {
  if (error instanceof DataFolderError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return error as Error;
  return new DataFolderError(`${folder} cannot be used as --data-dir: ${message}`);
}
