/** Pieces below this are gathered: a producer that sends byte by byte must not cost an object a byte. */
const SMALL = 4096;
const BLOCK = 32_768;

/** Bytes that come in pieces. Large pieces are kept as they are, runs of small ones are copied together. */
export class Pieces {
  /** In order. Only the last one may still grow; it then becomes a longer view of the same bytes. */
  readonly list: Uint8Array[] = [];
  #size = 0;
  #block: Uint8Array | undefined;

  get size(): number {
    return this.#size;
  }

  append(piece: Uint8Array): void {
    this.#size += piece.length;
    const last = this.list.at(-1);
    if (piece.length >= SMALL || last === undefined || last.length + piece.length > BLOCK) {
      this.#add(piece);
    } else if (last.buffer === this.#block?.buffer) {
      this.#extend(this.#block, last.length, piece);
    } else if (last.length < SMALL) {
      this.#block = new Uint8Array(BLOCK);
      this.#block.set(last);
      this.#extend(this.#block, last.length, piece);
    } else this.#add(piece);
  }

  #add(piece: Uint8Array): void {
    this.#block = undefined;
    this.list.push(piece);
  }

  #extend(block: Uint8Array, used: number, piece: Uint8Array): void {
    block.set(piece, used);
    this.list[this.list.length - 1] = block.subarray(0, used + piece.length);
  }
}

/** How far a reader has come in a list of pieces. */
export class PiecesReader {
  readonly #list: readonly Uint8Array[];
  #next = 0;
  #taken = 0;

  constructor(list: readonly Uint8Array[]) {
    this.#list = list;
  }

  /** The next bytes, or undefined if there are none at the moment. */
  take(): Uint8Array | undefined {
    for (;;) {
      const piece = this.#list[this.#next];
      if (piece !== undefined && piece.length > this.#taken) {
        const bytes = this.#taken === 0 ? piece : piece.subarray(this.#taken);
        this.#taken = piece.length;
        return bytes;
      }
      if (this.#next + 1 >= this.#list.length) return undefined;
      this.#next += 1;
      this.#taken = 0;
    }
  }
}
