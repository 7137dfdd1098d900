/** An emulator that can be reached. */
export interface Open {
  /** Base address over HTTP, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** Loads in the background, in a moment, what a first request would wait for. Rejects if that cannot be had. */
  warm(): Promise<void>;
  /** Ends open streams and frees the port. Calling it again does nothing. */
  stop(): Promise<void>;
}
