import type { KeptBytes, Reading } from '../../domain/ports.ts';
import type { Slab } from './slabs.ts';

/** Bytes of one fragment that lie in one slab. */
export interface Part {
  readonly slab: Slab;
  readonly start: number;
  end: number;
}

/** How far a reader has come in parts of which the last may still grow. */
export class PartsReading implements Reading {
  readonly #parts: () => readonly Part[];
  #next = 0;
  #taken = 0;

  constructor(parts: () => readonly Part[]) {
    this.#parts = parts;
  }

  take(): Uint8Array | undefined {
    const parts = this.#parts();
    for (;;) {
      const part = parts[this.#next];
      if (part === undefined) return undefined;
      const from = part.start + this.#taken;
      if (part.end > from) {
        part.slab.seen = true;
        this.#taken = part.end - part.start;
        return part.slab.bytes.subarray(from, part.end);
      }
      if (this.#next + 1 >= parts.length) return undefined;
      this.#next += 1;
      this.#taken = 0;
    }
  }
}

/** Where the slabs of bytes are from. */
interface Source {
  /** Those bytes are kept no longer. */
  remove(parts: readonly Part[], size: number): void;
}

/** Bytes that change no more, with their room, until nobody holds them: a fragment does, and so may snapshots. */
export class MemoryBytes implements KeptBytes {
  readonly size: number;
  readonly #source: Source;
  #parts: readonly Part[];
  #holders = 1;

  constructor(source: Source, parts: readonly Part[], size: number) {
    this.#source = source;
    this.#parts = parts;
    this.size = size;
  }

  get shared(): boolean {
    return this.#holders > 1;
  }

  async open(): Promise<Reading> {
    return new PartsReading(() => this.#parts);
  }

  hold(): this {
    this.#holders += 1;
    return this;
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders > 0) return;
    this.#source.remove(this.#parts, this.size);
    this.#parts = [];
  }
}
