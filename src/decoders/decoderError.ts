/** A decoder that has not finished by then never will. Milliseconds of real time. */
export const DECODER_DEADLINE_MS = 60_000;

/** Why there are no pictures: the program is not there, or it could not do it. */
export class DecoderError extends Error {
  readonly missing: boolean;

  constructor(message: string, { missing = false } = {}) {
    super(message);
    this.missing = missing;
  }
}
