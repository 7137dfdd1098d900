import { MOST_CHILDREN } from '../ebml/elements.ts';

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

/** Of a master. */
export const MISFIT = `an element whose children do not fill it, or are more than ${MOST_CHILDREN}`;
