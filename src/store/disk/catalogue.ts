import { dirname } from 'node:path';
import type { StoreError } from '../../domain/ports.ts';
import { inTurn } from '../../runtime/inTurn.ts';
import { CATALOGUE_VERSION, type CatalogueData, CatalogueFile } from './catalogueFile.ts';
import { batchOf, type Change, lineOf } from './catalogueLog.ts';
import { openCatalogue } from './catalogueOpen.ts';
import { storeError } from './failures.ts';
import type { Files } from './files.ts';
import type { Flushable, GroupCommit } from './groupCommit.ts';
import type { Health } from './health.ts';
import type { OpenFiles } from './openFiles.ts';
import { withoutBytes } from './plainBytes.ts';
import type { SetAside } from './setAside.ts';

/** A log of so many bytes is written down as a file, or when it is twice as large as that file. */
const LONG_LOG = 1024 * 1024;
/** So much of the log is there before it is needed: what is written there fits, however full the disk is by then. */
const AHEAD = Buffer.alloc(64 * 1024);

export interface CatalogueParts {
  readonly files: Files;
  readonly open: OpenFiles;
  readonly commit: GroupCommit;
  readonly aside: SetAside;
  readonly folder: string;
  readonly health: Health;
}

/** What is written by another, and said by the catalogue. */
export interface Settling {
  /** Resolves when it is safe. Rejects with node's error, and may be called again then. */
  settle(): Promise<void>;
}

/** What is to be written down, by table and key. */
type Pending = Map<string, Change>;

/** All tables that outlast the process: a log that is added to, and the file that it is written down as now and then. */
export class Catalogue implements Flushable {
  readonly tables = new Map<string, Map<string, unknown>>();
  /** What there is was written before this process: nothing is added to that, of which the end may be anything. */
  #inherited = false;
  /** Something of it was, at the start: not all may be there that was. */
  damaged = false;
  readonly #parts: CatalogueParts;
  #pending: Pending = new Map();
  #generation = 0;
  #logBytes = 0;
  /** Up to there the log has room. */
  #logRoom = 0;
  #baseBytes = 0;
  /** Why no more can be put. */
  #failure: StoreError | undefined;
  /** What changes lead to, and has to be safe before they are. */
  readonly #before = new Set<Settling>();

  private constructor(parts: CatalogueParts) {
    this.#parts = parts;
  }

  /** Rejects with a DataFolderError, or node's error. What is damaged is set aside. */
  static async open(parts: CatalogueParts): Promise<Catalogue> {
    const catalogue = new Catalogue(parts);
    const { tables, generation, damaged, fresh } = await openCatalogue(parts);
    for (const [name, entries] of Object.entries(tables)) {
      catalogue.tables.set(name, new Map(Object.entries(entries)));
    }
    catalogue.#generation = generation;
    catalogue.damaged = damaged;
    if (damaged) await catalogue.#compact(true);
    catalogue.#inherited = !fresh;
    // While others go on with what it says.
    if (!fresh) catalogue.#flushSoon();
    return catalogue;
  }

  /** Throws if what is put at the moment could not be kept; and has that tried again. */
  requireRoom(): void {
    if (this.#failure === undefined) return;
    this.#flushSoon();
    throw this.#failure;
  }

  /** An entry has been put, or removed if it is undefined. */
  note(table: string, key: string, entry: unknown): void {
    const plain = withoutBytes(entry);
    const name = `${table}/${key}`;
    // What was written last comes last.
    this.#pending.delete(name);
    this.#pending.set(name, plain === undefined ? [table, key] : [table, key, plain]);
    const entries = this.tables.get(table) ?? new Map<string, unknown>();
    this.tables.set(table, entries);
    if (plain === undefined) entries.delete(key);
    else entries.set(key, plain);
    this.#flushSoon();
  }

  /** Has something be safe before what is put from now on, and told of what was, is. */
  after(settling: Settling): void {
    this.#before.add(settling);
  }

  #flushSoon(): void {
    void this.#parts.commit.commit(this);
  }

  /** What to wait for until all that was put is safe; undefined if it is. */
  safe(): Promise<void> | undefined {
    const { commit } = this.#parts;
    const isWritten = this.#pending.size + this.#before.size === 0;
    return this.#failure === undefined || isWritten ? commit.pending(this) : commit.commit(this);
  }

  async flush(): Promise<void> {
    let pending: Pending = new Map();
    try {
      await this.#settle();
      if (this.#inherited) await this.#compact(false);
      this.#inherited = false;
      pending = this.#pending;
      this.#pending = new Map();
      if (pending.size > 0) await this.#append(batchOf([...pending.values()]));
    } catch (error) {
      this.#pending = new Map([...pending, ...this.#pending]);
      throw this.#fails(error);
    }
    try {
      if (this.#logBytes > Math.max(LONG_LOG, 2 * this.#baseBytes)) {
        // It says all that has been put meanwhile as well.
        await this.#settle();
        await this.#compact(false);
      }
      if (this.#logRoom - this.#logBytes < AHEAD.length / 2) await this.#makeRoom();
    } catch (error) {
      // What was put is safe: whoever puts something next is told.
      this.#fails(error);
      return;
    }
    this.#parts.health.works();
    this.#failure = undefined;
  }

  /** What was put leads to nothing any more that is not safe. */
  async #settle(): Promise<void> {
    for (const one of this.#before) {
      this.#before.delete(one);
      try {
        await one.settle();
      } catch (error) {
        this.#before.add(one);
        throw error;
      }
    }
  }

  #fails(error: unknown): StoreError {
    this.#failure = storeError(error, 'The catalogue cannot be written');
    this.#parts.health.fails(this.#failure);
    return this.#failure;
  }

  async #append(text: string): Promise<void> {
    const isNew = this.#logBytes === 0;
    const head = isNew ? lineOf(['catalogue', CATALOGUE_VERSION, this.#generation]) : '';
    const bytes = Buffer.from(head + text);
    await this.#writeLog(bytes, this.#logBytes, isNew);
    if (isNew) {
      const { files, folder } = this.#parts;
      await Promise.all([files.syncFolder(folder), this.#generation === 0 && files.syncFolder(dirname(folder))]);
    }
    this.#logBytes += bytes.length;
  }

  async #makeRoom(): Promise<void> {
    const at = Math.max(this.#logBytes, this.#logRoom);
    await this.#writeLog(AHEAD, at, false);
    this.#logRoom = at + AHEAD.length;
  }

  async #writeLog(bytes: Uint8Array, at: number, make: boolean): Promise<void> {
    await this.#parts.open.use(logPath(this.#parts.folder, this.#generation), make, async (file) => {
      try {
        await file.write([bytes], at);
        await file.sync();
      } catch (error) {
        // It is written again at the same place.
        this.#logRoom = at;
        await file.truncate(at).catch(() => undefined);
        throw error;
      }
    });
  }

  /** Nothing more is put. Resolves when the log ends with what was. */
  async end(): Promise<void> {
    const { open, folder } = this.#parts;
    if (this.#logBytes === 0) return;
    await open.use(logPath(folder, this.#generation), false, (file) => file.truncate(this.#logBytes));
  }

  /**
   * Writes all down in a file, and begins another log. The file before that and the logs since stay: if one file is lost,
   * nothing is.
   */
  async #compact(damaged: boolean): Promise<void> {
    const { files, folder, open } = this.#parts;
    const generation = this.#generation + 1;
    const tables = Object.fromEntries([...this.tables].map(([name, entries]) => [name, Object.fromEntries(entries)]));
    const data: CatalogueData = { version: CATALOGUE_VERSION, generation, tables };
    const file = new CatalogueFile(files, folder, 'catalogue.json');
    const previous = previousPath(folder);
    const replaces = (): void => {
      if (files.size(file.path) !== undefined && !damaged) files.rename(file.path, previous);
    };
    // The log is there before the file that it goes on from.
    const before = [this.#generation, this.#logBytes, this.#logRoom] as const;
    [this.#generation, this.#logBytes, this.#logRoom] = [generation, 0, 0];
    try {
      await this.#append('');
      // Not before there is something: whoever starts with an empty folder does not wait for it.
      const { Low } = await inTurn(() => import('lowdb'));
      await new Low({ read: () => file.read(), write: (all) => file.write(all, replaces) }, data).write();
    } catch (error) {
      [this.#generation, this.#logBytes, this.#logRoom] = before;
      throw error;
    }
    this.#baseBytes = files.size(file.path) ?? 0;
    open.forget(logPath(folder, before[0]));
    if (damaged) return;
    for (let old = generation - 2; files.size(logPath(folder, old)) !== undefined; old--) {
      files.remove(logPath(folder, old));
    }
  }
}

const previousPath = (folder: string): string => `${folder}/catalogue.previous.json`;
const logPath = (folder: string, generation: number): string => `${folder}/catalogue.${generation}.log`;
