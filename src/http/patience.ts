/** How long the other end of a connection may keep us waiting. Milliseconds of real time. */
export interface Patience {
  /** For a whole head, and for a TLS handshake. */
  readonly headMs: number;
  /** For a whole body; PutMedia's has rules of its own, on the emulator's clock. */
  readonly bodyMs: number;
  /** For a reader that takes nothing of an answer. */
  readonly readerMs: number;
  /** For whatever is still to be sent or taken when all is said: a reset must not overtake the last words. */
  readonly lastMs: number;
}

export const PATIENCE: Patience = { headMs: 60_000, bodyMs: 60_000, readerMs: 60_000, lastMs: 2_000 };
