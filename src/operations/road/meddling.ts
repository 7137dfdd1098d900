/** What is done to a call on purpose, besides the stages of its bodies. */
export class Meddling {
  /** What stands between the operation's answer and the caller. */
  readonly beforeAnswer: (() => Promise<void>)[] = [];
  /** What acknowledgements pass through. */
  readonly acks: ((lines: AsyncIterable<string>) => AsyncIterable<string>)[] = [];
  /** An answer whose length is told has no more bytes than this. */
  atMost: number | undefined;
  endpointGone = false;
  listDelay: ((fragment: number) => number) | undefined;
}

/** What the bytes of an answer whose length is told pass through. */
export interface Through {
  /** So many of them at most: that is then the length. */
  readonly atMost: number | undefined;
  pass(body: Uint8Array): AsyncIterable<Uint8Array>;
}
