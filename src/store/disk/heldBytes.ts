import type { KeptBytes, Reading } from '../../domain/ports.ts';
import { FileReading } from './fileReading.ts';
import type { HeldFile } from './heldFiles.ts';
import type { OpenFiles } from './openFiles.ts';
import { readBlock } from './segmentReading.ts';
import type { SetAside } from './setAside.ts';

interface Parts {
  readonly open: OpenFiles;
  readonly aside: SetAside;
}

interface Place {
  readonly at: number;
  readonly size: number;
  readonly sums: readonly number[];
}

/**
 * Bytes of a fragment that snapshots share. Streams have them in segments of their own; the file is held only as long as a
 * snapshot has them.
 */
export class HeldBytes implements KeptBytes {
  readonly at: number;
  readonly size: number;
  readonly sums: readonly number[];
  /** They are not what was written: there is nothing to be shared any more. */
  damaged = false;
  readonly #parts: Parts;
  /** Fragments of streams that have them. */
  #users = 0;
  /** Snapshots, and whoever is at it for one. */
  #holders = 0;
  #file: HeldFile | undefined;

  constructor(parts: Parts, { at, size, sums }: Place) {
    this.#parts = parts;
    this.at = at;
    this.size = size;
    this.sums = sums;
  }

  get shared(): boolean {
    return this.#users + this.#holders > 1;
  }

  /** To be asked for by who holds them. */
  get file(): HeldFile {
    if (this.#file === undefined) throw new TypeError('Nobody holds those bytes.');
    return this.#file;
  }

  /** A fragment has them from now on. */
  use(): this {
    this.#users += 1;
    return this;
  }

  /** It has gone. */
  leave(): void {
    this.#users -= 1;
  }

  /** The same as `hold`, for the first: throws what `find` throws. */
  holdIn(find: () => HeldFile): this {
    this.#file ??= find().hold();
    this.#holders += 1;
    return this;
  }

  hold(): this {
    return this.holdIn(() => this.file);
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders > 0) return;
    this.#file?.release();
    this.#file = undefined;
  }

  async open(): Promise<Reading> {
    const reading = new FileReading((index) => this.#block(index), this.size, 0);
    await reading.comes();
    reading.check();
    return reading;
  }

  async #block(index: number): Promise<Uint8Array> {
    const { at, size, sums, file: segment } = this;
    try {
      return await readBlock(this.#parts, { segment, at, size, sums }, index);
    } catch (error) {
      this.damaged = true;
      throw error;
    }
  }
}
