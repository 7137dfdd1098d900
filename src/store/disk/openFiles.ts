import type { Files, OpenFile } from './files.ts';

/** So many files may be open that nobody uses at the moment. */
const MOST_IDLE = 128;

interface Entry {
  readonly file: Promise<OpenFile>;
  users: number;
  /** Nobody is to find it any more. */
  over: boolean;
}

/** Files that are open for those who use them, and for a while after that. */
export class OpenFiles {
  readonly #files: Files;
  /** Those used last come last. */
  readonly #entries = new Map<string, Entry>();

  constructor(files: Files) {
    this.#files = files;
  }

  /** Has it open, to be read and written, as long as the work takes. */
  async use<T>(path: string, make: boolean, work: (file: OpenFile) => Promise<T>): Promise<T> {
    const entry = this.#entries.get(path) ?? { file: this.#files.open(path, make), users: 0, over: false };
    this.#entries.delete(path);
    this.#entries.set(path, entry);
    entry.users += 1;
    try {
      return await work(await entry.file);
    } catch (error) {
      // It may not have been opened at all.
      this.#end(path, entry);
      throw error;
    } finally {
      entry.users -= 1;
      if (entry.over) this.#close(entry);
      else if (this.#entries.size > MOST_IDLE) this.#closeIdle();
    }
  }

  /** The file goes: whoever has it open goes on with it, and nobody finds it any more. */
  forget(path: string): void {
    const entry = this.#entries.get(path);
    if (entry === undefined) return;
    this.#end(path, entry);
    this.#close(entry);
  }

  /** All of them. */
  close(): void {
    for (const path of [...this.#entries.keys()]) this.forget(path);
  }

  #end(path: string, entry: Entry): void {
    entry.over = true;
    if (this.#entries.get(path) === entry) this.#entries.delete(path);
  }

  #closeIdle(): void {
    for (const [path, { users }] of this.#entries) {
      if (this.#entries.size <= MOST_IDLE) return;
      if (users === 0) this.forget(path);
    }
  }

  #close({ file, users }: Entry): void {
    if (users > 0) return;
    void file.then((open) => open.close()).catch(() => undefined);
  }
}
