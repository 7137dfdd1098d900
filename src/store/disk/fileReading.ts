import type { Reading } from '../../domain/ports.ts';
import { BLOCK_BYTES } from './frame.ts';

/** Reads bytes block by block, one ahead of its reader. */
export class FileReading implements Reading {
  readonly #block: (index: number) => Promise<Uint8Array>;
  readonly #size: number;
  /** The next that is to be given. */
  #at: number;
  #loaded: Uint8Array | undefined;
  #loading: Promise<void> | undefined;
  #failed: { readonly error: unknown } | undefined;

  constructor(block: (index: number) => Promise<Uint8Array>, size: number, from: number) {
    this.#block = block;
    this.#size = size;
    this.#at = from;
  }

  take(): Uint8Array | undefined {
    this.check();
    const block = this.#loaded;
    if (block === undefined) return undefined;
    const from = this.#at % BLOCK_BYTES;
    // As it was read, it may be handed over.
    const bytes = from === 0 ? block : block.subarray(from);
    this.#loaded = undefined;
    this.#at += bytes.length;
    this.#load();
    return bytes;
  }

  comes(): Promise<void> | undefined {
    if (this.#loaded === undefined && this.#failed === undefined) this.#load();
    return this.#loading;
  }

  /** Throws what a block could not be read for. */
  check(): void {
    if (this.#failed !== undefined) throw this.#failed.error;
  }

  #load(): void {
    if (this.#at >= this.#size || this.#loading !== undefined) return;
    this.#loading = this.#block(Math.floor(this.#at / BLOCK_BYTES)).then(
      (block) => {
        this.#loaded = block;
        this.#loading = undefined;
      },
      (error) => {
        this.#failed = { error };
        this.#loading = undefined;
      },
    );
  }
}
