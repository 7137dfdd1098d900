/** Bytes that are no Matroska, or Matroska of a kind no player could follow. */
export class MatroskaError extends Error {
  /** Offset in the stream, in bytes, of the element at fault. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`${message}, at byte ${offset}`);
    this.name = 'MatroskaError';
    this.offset = offset;
  }
}
