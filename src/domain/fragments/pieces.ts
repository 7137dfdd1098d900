/** The largest block. A fragment's blocks double up to it, so that small fragments cost little and large ones few objects. */
const LARGEST = 524_288;
/** Below this a block is moved into a larger one instead of standing in front of it. */
const SMALL = 4096;
const NONE = new Uint8Array();

/**
 * Bytes that come in pieces and are copied into blocks of their own: whoever reads a socket hands over many small objects
 * and uses their memory again, and blocks are read faster than such pieces are.
 */
export class Pieces {
  /** In order. Only the last one may still grow; it then becomes a longer view of the same bytes, or of a copy. */
  readonly list: Uint8Array[] = [];
  #size = 0;
  /** What the last of the list is the beginning of. */
  #block: Uint8Array = NONE;

  get size(): number {
    return this.#size;
  }

  append(piece: Uint8Array): void {
    const last = this.list.at(-1) ?? NONE;
    const room = last.buffer === this.#block.buffer ? this.#block.length - last.length : 0;
    if (piece.length <= room) this.#extend(last, piece);
    else {
      if (room > 0) this.#extend(last, piece.subarray(0, room));
      this.#begin(room > 0 ? piece.subarray(room) : piece);
    }
  }

  /** Takes back what was appended last, down to `size` bytes. A reader that had it already keeps it. */
  truncate(size: number): void {
    for (let last = this.list.at(-1); last !== undefined && this.#size > size; last = this.list.at(-1)) {
      const surplus = Math.min(this.#size - size, last.length);
      this.#size -= surplus;
      if (surplus === last.length) this.list.pop();
      else this.list[this.list.length - 1] = last.subarray(0, last.length - surplus);
    }
    // Those bytes are not written over: somebody may be looking at them.
    this.#block = NONE;
  }

  /** No more will come: gives back room that was not needed, unless it is too little to be worth a copy. */
  settle(): void {
    const last = this.list.at(-1);
    this.#block = NONE;
    if (last === undefined || last.buffer.byteLength - last.length <= this.#size >> 5) return;
    this.list[this.list.length - 1] = new Uint8Array(last);
  }

  #extend(last: Uint8Array, piece: Uint8Array): void {
    this.#block.set(piece, last.length);
    this.list[Math.max(0, this.list.length - 1)] = this.#block.subarray(0, last.length + piece.length);
    this.#size += piece.length;
  }

  /** Appends what does not fit behind what is there. */
  #begin(piece: Uint8Array): void {
    if (piece.length === 0) return;
    const moved = this.list.length === 1 && this.#size < SMALL ? (this.list[0] as Uint8Array) : NONE;
    const length = moved.length + Math.max(piece.length, Math.min(this.#size, LARGEST));
    // Not set to zeros first: only what has been written is ever shown.
    this.#block = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
    this.#block.set(moved);
    this.#block.set(piece, moved.length);
    if (moved.length > 0) this.list.pop();
    this.list.push(this.#block.subarray(0, moved.length + piece.length));
    this.#size += piece.length;
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
