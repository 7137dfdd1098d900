import { dirname } from 'node:path';
import type { Files } from './files.ts';

/** The folder of a stream, which is there once something is to be in it. */
export class SegmentFolder {
  readonly path: string;
  readonly #files: Files;
  #isSafe: boolean;

  /** @param isSafe whether there is something in it that is */
  constructor(files: Files, path: string, isSafe: boolean) {
    this.#files = files;
    this.path = path;
    this.#isSafe = isSafe;
  }

  /** Throws node's error. It is not safe before it has been synced. */
  make(): void {
    if (!this.#isSafe) this.#files.makeFolder(this.path);
  }

  /** Makes all names in it safe, with its own: at once, as a disk takes no longer for both. Rejects with node's error. */
  async sync(): Promise<void> {
    const names = this.#isSafe ? [this.path] : [this.path, dirname(this.path)];
    await Promise.all(names.map((name) => this.#files.syncFolder(name)));
    this.#isSafe = true;
  }
}
