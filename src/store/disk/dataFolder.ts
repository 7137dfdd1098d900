import type { RecordStore } from '../../domain/ports.ts';
import type { Log } from '../../runtime/log.ts';
import type { Room } from '../../runtime/room.ts';
import { wallTimeout } from '../../runtime/wall.ts';
import { Catalogue } from './catalogue.ts';
import { diskRecords } from './diskRecords.ts';
import { DiskPayloadStore, SHELVES, type Shelved } from './diskStore.ts';
import { DataFolderError } from './failures.ts';
import type { Files } from './files.ts';
import { GroupCommit } from './groupCommit.ts';
import { Health } from './health.ts';
import { HeldFiles } from './heldFiles.ts';
import { Lock } from './lock.ts';
import { nodeFiles } from './nodeFiles.ts';
import { OpenFiles } from './openFiles.ts';
import { Removals } from './removals.ts';
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

/** A folder that outlasts the process. */
export class DataFolder {
  readonly secrets: Secrets;
  readonly #options: Required<DataFolderOptions>;
  readonly #catalogue: Catalogue;
  readonly #commit: GroupCommit;
  readonly #open: OpenFiles;
  readonly #aside: SetAside;
  readonly #lock: Lock | undefined;
  #payloads: DiskPayloadStore | undefined;
  #held: HeldFiles | undefined;
  #closed: Promise<void> | undefined;

  private constructor(parts: {
    readonly options: Required<DataFolderOptions>;
    readonly catalogue: Catalogue;
    readonly commit: GroupCommit;
    readonly open: OpenFiles;
    readonly aside: SetAside;
    readonly lock: Lock | undefined;
  }) {
    this.#options = parts.options;
    this.#catalogue = parts.catalogue;
    this.#commit = parts.commit;
    this.#open = parts.open;
    this.#aside = parts.aside;
    this.#lock = parts.lock;
    this.secrets = new Secrets(parts.catalogue);
  }

  /** Rejects with a DataFolderError, in words, if it cannot be used. */
  static async open(given: DataFolderOptions): Promise<DataFolder> {
    const options = { files: nodeFiles, locked: true, ...given };
    const { folder, files, log, locked, fsyncMs } = options;
    let lock: Lock | undefined;
    try {
      files.makeFolder(mediaIn(folder));
      lock = locked ? await Lock.take(folder) : undefined;
      const open = new OpenFiles(files);
      const commit = new GroupCommit(fsyncMs);
      const aside = new SetAside(files, folder, log);
      checkSizes(files, folder, aside);
      const health = new Health(log, `The catalogue in ${folder}`);
      const catalogue = await Catalogue.open({ files, open, commit, aside, folder, health });
      return new DataFolder({ options, catalogue, commit, open, aside, lock });
    } catch (error) {
      lock?.release();
      throw asFolderError(error, folder);
    }
  }

  /** What is kept there. To be asked once. Throws a DataFolderError, in words, if it cannot be read. */
  stores(room: Room): { readonly records: RecordStore; readonly payloads: DiskPayloadStore } {
    const { folder, files, log } = this.#options;
    const catalogue = this.#catalogue;
    const health = new Health(log, mediaIn(folder));
    const removals = new Removals((all) => void this.#commit.commit(all).catch((error) => health.fails(error)));
    const open = this.#open;
    const held = new HeldFiles({ files, open }, `${folder}/held`);
    const parts = { files, open, commit: this.#commit, aside: this.#aside, removals, health, held };
    const safe = (): Promise<void> | undefined => both(catalogue.safe(), this.#commit.pending(removals));
    try {
      held.begin();
      this.#held = held;
      const records = diskRecords(catalogue, room, safe);
      const media = mediaIn(folder);
      this.#tidy(media, shelvesOf(records));
      this.#payloads = new DiskPayloadStore({ ...parts, catalogue, room, media });
      return { records, payloads: this.#payloads };
    } catch (error) {
      throw asFolderError(error, folder);
    }
  }

  /** Folders that no stream has go, unless that may be since the catalogue was damaged. */
  #tidy(media: string, arns: ReadonlySet<string>): void {
    const { files } = this.#options;
    const catalogue = this.#catalogue;
    const known = new Set<string>();
    for (const [arn, shelf] of catalogue.tables.get(SHELVES) ?? []) {
      if (arns.has(arn)) known.add((shelf as Shelved).folder);
      else catalogue.note(SHELVES, arn, undefined);
    }
    for (const name of files.list(media)) {
      if (known.has(name)) continue;
      if (catalogue.damaged)
        this.#aside.whole(`${media}/${name}`, 'the stream that it belongs to is not known any more');
      else files.remove(`${media}/${name}`);
    }
  }

  /** Makes safe what is still to be, within a moment, and lets others have the folder. Calling it again does nothing. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.race([this.#finish(), new Promise<void>((resolve) => wallTimeout(resolve, MOST_CLOSING_MS))]);
    this.#open.close();
    try {
      this.#held?.end();
    } finally {
      this.#lock?.release();
    }
  }

  async #finish(): Promise<void> {
    await this.#commit.settle();
    await this.#payloads?.finish();
    await this.#commit.settle();
    const { files, folder } = this.#options;
    await this.#catalogue.end().catch(() => undefined);
    await noteSizes(files, folder).catch(() => undefined);
  }
}

/** The ARNs of all whose media are kept: streams, and recordings that streams show. */
function shelvesOf({ streams, runs }: RecordStore): ReadonlySet<string> {
  const arns = new Set<string>();
  for (const [, { arn }] of streams.entries()) arns.add(arn);
  for (const [, { recording }] of runs.entries()) arns.add(recording);
  return arns;
}

/** Made with the folder, and safe with the first change of the catalogue. */
const mediaIn = (folder: string): string => `${folder}/media`;

function both(one: Promise<void> | undefined, other: Promise<void> | undefined): Promise<void> | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Promise.all([one, other]).then(() => undefined);
}

function asFolderError(error: unknown, folder: string): Error {
  if (error instanceof DataFolderError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return error as Error;
  return new DataFolderError(`${folder} cannot be used as --data-dir: ${message}`);
}
