import type { KeyObject } from 'node:crypto';
import type { SealRecord } from '../../domain/fragments/fragmentRecord.ts';
import type { Reading } from '../../domain/ports.ts';
import { discarded } from '../../runtime/garbage.ts';
import { doneWith, handOver } from '../../runtime/handOver.ts';
import { notWhatWasKept, opened, PART_BYTES, type Place, TAG_BYTES } from './cipher.ts';
import type { ClearBytes } from './clearBytes.ts';

const NONE: Uint8Array = new Uint8Array();

interface Sealed {
  /** The sealed bytes, from the first on. */
  readonly bytes: Reading;
  readonly size: number;
  readonly seal: SealRecord;
  readonly place: Place;
  readonly key: KeyObject;
}

/** Opens what is sealed, part by part as it is asked for, from any byte on. */
export class SealedReading implements Reading {
  readonly #sealed: Sealed;
  /** Of what has been taken from the store and not been used. */
  #rest: Uint8Array = NONE;
  /** What that is the rest of. */
  #whole: Uint8Array = NONE;
  /** The same where it comes by and by, until there is enough for a part. */
  #gathered: Uint8Array[] = [];
  #here = 0;
  /** The next part. */
  #part: number;
  /** Bytes in front of that in the store, and of the next part that are not wanted. */
  #behind: number;
  #unwanted: number;
  /** Of the part that was opened last. */
  #clear: Uint8Array[] = [];

  constructor(sealed: Sealed, from = 0) {
    this.#sealed = sealed;
    this.#part = Math.floor(from / PART_BYTES);
    this.#behind = this.#part * PART_BYTES;
    this.#unwanted = from - this.#behind;
  }

  take(): Uint8Array | undefined {
    for (;;) {
      const piece = this.#clear.shift() ?? this.#open();
      if (piece === undefined) return undefined;
      // What came out of the cipher is this reader's alone.
      if (this.#unwanted === 0) return handOver(piece);
      const wanted = piece.subarray(this.#unwanted);
      this.#unwanted -= piece.length - wanted.length;
      if (wanted.length > 0) return wanted;
    }
  }

  #open(): Uint8Array | undefined {
    const { size, seal, place, key } = this.#sealed;
    const index = this.#part;
    const start = index * PART_BYTES;
    if (start >= size) return undefined;
    const end = Math.min(start + PART_BYTES, size);
    if (!this.#isHere(this.#behind + end - start)) return undefined;
    const tag = seal.tags.subarray(index * TAG_BYTES, (index + 1) * TAG_BYTES);
    if (tag.length < TAG_BYTES) throw notWhatWasKept();
    while (this.#behind > 0) this.#behind -= this.#some(this.#behind).length;
    const part = { key, iv: seal.iv, place, index, last: end === size };
    this.#clear = opened(part, tag, this.#bytes(end - start));
    if (this.#rest.length === 0) this.#useUp();
    this.#part += 1;
    // As much as was opened before is hardly needed any more.
    discarded(end - start);
    return this.#clear.shift();
  }

  comes(): Promise<void> | undefined {
    if (this.#clear.length > 0 || this.#part * PART_BYTES >= this.#sealed.size) return undefined;
    return this.#sealed.bytes.comes?.();
  }

  /** Whether so many of the sealed bytes are here. Those that lie in memory are. */
  #isHere(count: number): boolean {
    const { bytes } = this.#sealed;
    if (bytes.comes === undefined) return true;
    while (this.#here < count) {
      const piece = bytes.take();
      // Where nothing more comes, what is missing is found out when it is opened.
      if (piece === undefined) return bytes.comes() === undefined;
      this.#gathered.push(piece);
      this.#here += piece.length;
    }
    return true;
  }

  *#bytes(count: number): Generator<Uint8Array> {
    for (let left = count; left > 0; ) {
      const piece = this.#some(left);
      left -= piece.length;
      yield piece;
    }
  }

  /** So many of the sealed bytes at most, and at least one. */
  #some(most: number): Uint8Array {
    if (this.#rest.length === 0) {
      this.#useUp();
      this.#whole = this.#gathered.shift() ?? this.#sealed.bytes.take() ?? NONE;
      this.#rest = this.#whole;
    }
    const piece = this.#rest.subarray(0, most);
    if (this.#sealed.bytes.comes !== undefined) this.#here -= piece.length;
    if (piece.length === 0) throw notWhatWasKept();
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }
  /** Even an empty view would hold on to all that it is of. */
  #useUp(): void {
    doneWith(this.#whole);
    this.#whole = NONE;
    this.#rest = NONE;
  }
}

/** Reads what is still in the clear, as it comes, and goes on with what that has become once it is sealed. */
export class OpenReading implements Reading {
  readonly #clear: () => ClearBytes | undefined;
  readonly #sealed: (from: number) => Reading | undefined;
  #reading: Reading | undefined;
  #taken = 0;
  #block = 0;
  #ofBlock = 0;

  constructor(clear: () => ClearBytes | undefined, sealed: (from: number) => Reading | undefined) {
    this.#clear = clear;
    this.#sealed = sealed;
  }

  take(): Uint8Array | undefined {
    const clear = this.#clear();
    if (clear === undefined) {
      this.#reading ??= this.#sealed(this.#taken);
      return this.#reading?.take();
    }
    for (;;) {
      const piece = clear.view(this.#block, this.#ofBlock);
      if (piece === undefined) return undefined;
      this.#ofBlock += piece.length;
      this.#taken += piece.length;
      if (piece.length > 0) return piece;
      if (clear.view(this.#block + 1, 0) === undefined) return undefined;
      this.#block += 1;
      this.#ofBlock = 0;
    }
  }

  comes(): Promise<void> | undefined {
    return this.#clear() === undefined ? this.#reading?.comes?.() : undefined;
  }
}
