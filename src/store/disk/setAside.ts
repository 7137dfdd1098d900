import { basename, join } from 'node:path';
import type { Log } from '../../runtime/log.ts';
import type { Files } from './files.ts';

/** Where what is damaged is put: it is no part of anything any more, and nobody deletes it but the user. */
export class SetAside {
  readonly #files: Files;
  readonly #folder: string;
  readonly #log: Log;
  #count = 0;
  /** Something is wrong that no sudden stop explains. */
  #broken = false;

  constructor(files: Files, dataFolder: string, log: Log) {
    this.#files = files;
    this.#folder = join(dataFolder, 'set-aside');
    this.#log = log;
  }

  /** How often something was found to be damaged. */
  get count(): number {
    return this.#count;
  }

  /** A file or a folder, whole. */
  whole(path: string, why: string): void {
    this.#broken = true;
    const to = this.#put(path, (free) => this.#files.rename(path, free));
    this.#log.error(`${path} is damaged: ${why}. ${to}`);
  }

  /** Media of a stream that is not known: what was cut off the catalogue may have told of it, or told that it has gone. */
  unknown(path: string): void {
    if (this.#broken) {
      this.whole(path, 'the stream that it belongs to is not known any more');
      return;
    }
    const to = this.#put(path, (free) => this.#files.rename(path, free));
    this.#log.warn(`${path} belongs to a stream that is not known, as after a sudden stop. ${to}`);
  }

  /** Some bytes of a file, which stays where it is. */
  part(path: string, at: number, length: number, why: string): void {
    this.#broken = true;
    const to = this.#copy(path, at, length);
    this.#log.error(`${path} is damaged: ${why} (${length} bytes from byte ${at} on). ${to}`);
  }

  /** The end of a file, which was being written, or has been cut: nobody can tell. */
  end(path: string, at: number, length: number): void {
    const to = this.#copy(path, at, length);
    const what = `${path} ends in the middle of something, as after a sudden stop`;
    this.#log.warn(`${what}: ${length} bytes from byte ${at} on are cut off. ${to}`);
  }

  /** Something that was being written, or is damaged: nobody can tell. What is behind it is whole. */
  torn(path: string, at: number, length: number): void {
    if (at + length >= (this.#files.size(path) ?? 0)) {
      this.end(path, at, length);
      return;
    }
    const to = this.#copy(path, at, length);
    const what = `${path} has something in it that is not whole, as after a sudden stop`;
    this.#log.warn(`${what}: ${length} bytes from byte ${at} on are left out. ${to}`);
  }

  /** A file that was made, and in which there is nothing; or not any more. */
  empty(path: string): void {
    this.#count += 1;
    this.#log.warn(`${path} is empty, as after a sudden stop.`);
  }

  /** A file that was just being written, and is not whole or not there; or one that was whole, and nobody can tell. */
  begun(path: string, otherwise: string): void {
    this.#count += 1;
    this.#log.warn(`${path} is not whole, as after a sudden stop while it was written. If it was whole, ${otherwise}.`);
  }

  #copy(path: string, at: number, length: number): string {
    return this.#put(path, (free) => this.#files.writeNow(free, this.#files.readNow(path, at, length)));
  }

  /** There is nothing to be put anywhere. */
  missing(path: string, why: string): void {
    this.#broken = true;
    this.#count += 1;
    this.#log.error(`${path} is missing: ${why}`);
  }

  /** Returns what became of it, as a sentence. */
  #put(path: string, put: (to: string) => void): string {
    this.#count += 1;
    try {
      this.#files.makeFolder(this.#folder);
      const to = this.#free(basename(path));
      put(to);
      return `That is now in ${to}.`;
    } catch (error) {
      return `It could not be set aside: ${(error as Error).message}`;
    }
  }

  #free(name: string): string {
    const taken = new Set(this.#files.list(this.#folder));
    let number = taken.size + 1;
    while (taken.has(`${number}-${name}`)) number += 1;
    return join(this.#folder, `${number}-${name}`);
  }
}
