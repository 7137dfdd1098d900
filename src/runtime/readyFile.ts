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
    const left = this.#content();
    if (left !== undefined && !isOfAnother(left)) this.#remove();
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
  withdraw(): void {
    if (this.#text !== undefined && this.#content() === this.#text) this.#remove();
  }

  #content(): string | undefined {
    try {
      return readFileSync(this.#path, 'utf8');
    } catch {
      return undefined;
    }
  }

  #remove(): void {
    try {
      rmSync(this.#path, { force: true });
    } catch {
      // Announcing will tell; and whoever leaves has nobody to tell it.
    }
  }
}

/** True for the file of a process that runs: it may be one whose port this one is about to find in use. */
function isOfAnother(content: string): boolean {
  try {
    const { pid } = JSON.parse(content) as { pid: unknown };
    if (!Number.isInteger(pid) || Number(pid) <= 0 || pid === process.pid) return false;
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    // It runs, as somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
