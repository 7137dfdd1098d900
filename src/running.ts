import type { Face } from './emulator/face.ts';
import type { Inside } from './inside.ts';
import type { Operation } from './operations/operation.ts';

/** A running emulator, before anything is said about how it is presented. */
export interface Running {
  readonly face: Face;
  readonly inside: Inside;
  /** Base address over HTTP, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** Loads in the background, in a moment, what a first request to the emulator itself would wait for. */
  warm(): void;
  /** Ends open streams and frees the port. Calling it again does nothing. */
  stop(): Promise<void>;
}

/** What it is made of besides its options. */
export interface Besides {
  readonly operations?: readonly Operation[];
  /** What to begin with, if it is in no file. */
  readonly snapshot?: AsyncIterable<Uint8Array> | undefined;
}
