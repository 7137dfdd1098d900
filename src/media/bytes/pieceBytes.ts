/** Bytes that lie in several pieces, read as if they were one array. What lies in one piece is not copied. */
export class PieceBytes {
  readonly length: number;
  readonly #pieces: readonly Uint8Array[];
  /** The piece that was read last, and where it begins. */
  #index = 0;
  #start = 0;

  constructor(pieces: readonly Uint8Array[]) {
    this.#pieces = pieces;
    this.length = pieces.reduce((total, piece) => total + piece.length, 0);
  }

  /** The bytes from `from` up to `to`, or up to the end of all: a view, or a copy if they lie in more than one piece. */
  slice(from: number, to: number): Uint8Array {
    const end = Math.min(to, this.length);
    this.#seek(from);
    const piece = this.#pieces[this.#index];
    if (piece === undefined || end <= from) return new Uint8Array();
    const within = from - this.#start;
    if (end - this.#start <= piece.length) return piece.subarray(within, end - this.#start);
    const out = new Uint8Array(end - from);
    let filled = piece.length - within;
    out.set(piece.subarray(within));
    for (let next = this.#index + 1; filled < out.length; next++) {
      const part = (this.#pieces[next] as Uint8Array).subarray(0, out.length - filled);
      out.set(part, filled);
      filled += part.length;
    }
    return out;
  }

  /** Reading goes forward but for a step now and then, so the piece is looked for from the last one on. */
  #seek(at: number): void {
    while (at < this.#start) {
      this.#index -= 1;
      this.#start -= (this.#pieces[this.#index] as Uint8Array).length;
    }
    for (let piece = this.#pieces[this.#index]; piece !== undefined; piece = this.#pieces[this.#index]) {
      if (at < this.#start + piece.length) return;
      this.#start += piece.length;
      this.#index += 1;
    }
  }
}
