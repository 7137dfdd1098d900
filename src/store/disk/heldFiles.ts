import { StoreError } from '../../domain/ports.ts';
import { storeError } from './failures.ts';
import type { Files } from './files.ts';
import type { OpenFiles } from './openFiles.ts';

interface Parts {
  readonly files: Files;
  readonly open: OpenFiles;
}

/**
 * A segment's file under a name of its own. Whatever becomes of the segment, it is there as long as anybody holds it, and
 * takes no space of its own until the segment has gone.
 */
export class HeldFile {
  readonly path: string;
  readonly gone = false;
  readonly #remove: (path: string) => void;
  #holders = 0;
  #over = false;

  constructor(path: string, remove: (path: string) => void) {
    this.path = path;
    this.#remove = remove;
  }

  /** Nobody holds it any more, and it has gone. */
  get over(): boolean {
    return this.#over;
  }

  hold(): this {
    this.#holders += 1;
    return this;
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders > 0) return;
    this.#over = true;
    this.#remove(this.path);
  }
}

/** The files that snapshots hold, in a folder that goes with the process: so do snapshots. */
export class HeldFiles {
  readonly #parts: Parts;
  readonly #folder: string;
  #next = 1;
  #ended = false;

  constructor(parts: Parts, folder: string) {
    this.#parts = parts;
    this.#folder = folder;
  }

  /** Whatever is left of another process goes. Throws node's error. */
  begin(): void {
    this.#parts.files.remove(this.#folder);
  }

  /** All of them go, and the folder is another's from now on: who still holds one must not take away what that has there. */
  end(): void {
    this.#ended = true;
    this.#parts.files.remove(this.#folder);
  }

  #remove(path: string): void {
    if (this.#ended) return;
    const { files, open } = this.#parts;
    open.forget(path);
    files.remove(path);
  }

  /** One that is still to be written. Throws a StoreError. */
  fresh(): HeldFile {
    const { files } = this.#parts;
    if (this.#ended) throw new StoreError('broken', 'The emulator has been stopped.');
    try {
      if (this.#next === 1) files.makeFolder(this.#folder);
    } catch (error) {
      throw storeError(error, 'Nothing can be put aside for a snapshot');
    }
    const path = `${this.#folder}/${String(this.#next++).padStart(6, '0')}.seg`;
    return new HeldFile(path, (one) => this.#remove(one));
  }

  /** That of a segment, which is there already. Throws a StoreError. */
  of(segment: { readonly path: string }): HeldFile {
    const file = this.fresh();
    try {
      this.#parts.files.link(segment.path, file.path);
    } catch (error) {
      this.#parts.files.remove(file.path);
      throw storeError(error, `${segment.path} cannot be held for a snapshot`);
    }
    return file;
  }
}
