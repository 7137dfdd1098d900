/** Pieces below this are gathered: a producer that sends byte by byte must not cost an object a byte. */
const SMALL = 4096;
const BLOCK = 32_768;

/** Bytes that come in pieces, and are copied: runs of small ones together. */
export class Pieces {
  /** In order. Only the last one may still grow; it then becomes a longer view of the same bytes. */
  readonly list: Uint8Array[] = [];
  #size = 0;
  #block: Uint8Array | undefined;

  get size(): number {
    return this.#size;
  }

  append(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#size += piece.length;
    const last = this.list.at(-1);
    if (piece.length >= SMALL || last === undefined || last.length + piece.length > BLOCK) this.#add(piece);
    else if (last.buffer === this.#block?.buffer) this.#extend(this.#block, last, piece);
    else if (last.length < SMALL) this.#extend(new Uint8Array(), last, piece);
    else this.#add(piece);
  }

  #add(piece: Uint8Array): void {
    this.#block = undefined;
    this.list.push(new Uint8Array(piece));
  }

  /** A block begins small and doubles, so that a few bytes between large pieces do not hold tens of kilobytes. */
  #extend(block: Uint8Array, last: Uint8Array, piece: Uint8Array): void {
    const length = last.length + piece.length;
    let room = block;
    if (length > block.length) {
      room = new Uint8Array(Math.min(BLOCK, 2 * length));
      room.set(last);
      this.#block = room;
    }
    room.set(piece, last.length);
    this.list[this.list.length - 1] = room.subarray(0, length);
  }
}
