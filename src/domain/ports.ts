// What the rules need from outside. store/ implements it; compose.ts joins the two.

/** The bytes of one stored fragment, wherever they are. */
export interface Payload {
  readonly size: number;
  /** The bytes in order, in pieces of any size. Valid until `remove`; pieces already handed out stay valid. */
  read(): Promise<readonly Uint8Array[]>;
  /** Gives the room back. */
  remove(): void;
}

/** Keeps fragments' bytes. Room is taken before bytes are kept, so that a store can refuse in time. */
export interface PayloadStore {
  /** Takes room for `bytes` more; false when the store is full. */
  reserve(bytes: number): boolean;
  /** Gives back room that was reserved and not kept. */
  release(bytes: number): void;
  /** Keeps bytes whose room has been reserved; resolves when they are safe. */
  keep(pieces: readonly Uint8Array[], size: number): Promise<Payload>;
  /** Bytes reserved or kept, and the most there may be. */
  usage(): { used: number; capacity: number };
}
