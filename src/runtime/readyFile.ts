import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * A file that is there while the emulator listens, for those who wait for it: nobody sees half of it, or one of an earlier
 * run that ended without tidying up.
 */
export class ReadyFile {
  readonly #path: string;
  #text: string | undefined;

  constructor(path: string) {
    this.#path = path;
    this.withdraw(true);
  }

  /** @throws node's error if it cannot be written */
  announce(where: { readonly url: string; readonly port: number }): void {
    const text = `${JSON.stringify({ ...where, pid: process.pid })}\n`;
    const draft = `${this.#path}.${process.pid}`;
    try {
      writeFileSync(draft, text);
      renameSync(draft, this.#path);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
    this.#text = text;
  }

  /** Leaves the file of another emulator, which has come since, alone. */
  withdraw(whosever = false): void {
    try {
      if (whosever || readFileSync(this.#path, 'utf8') === this.#text) rmSync(this.#path, { force: true });
    } catch {
      // It is gone, or it is a folder: announcing will tell.
    }
  }
}
