import type { Sender } from './sender.ts';
import type { Target } from './target.ts';

/** A JSON request is never longer; ListFragments with every filter there is takes a few kilobytes. */
export const LONGEST_JSON_BODY = 1024 * 1024;

/** A call as whoever carries it hands it in: a connection, a handler inside the caller's process, a test. */
export interface Call {
  readonly method: string;
  readonly target: Target;
  /** By their names in lower case; those that may come more than once are lists. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly sender: Sender;
  readonly requestId: string;
  /** Scheme, host and port by which the caller reaches the emulator, without a trailing slash. */
  readonly baseUrl: string;
  /** The address of a data endpoint by its label, where each has a name of its own; without this they are paths. */
  endpointOf?(label: string): string;
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal;
  /** Where it comes from, as far as that is known: an IP address. */
  readonly address?: string | undefined;
  /** A stream that answers the call has had its time: whoever does not read it to its end is cut off. */
  timeIsOver(): void;
  /**
   * Ends the connection on purpose, properly or with a reset, once what was written has gone out. Of the body no more comes.
   * A call without a connection has nothing to end: its answer breaks off, or there is none.
   */
  hangUp(how: 'close' | 'reset'): Promise<void>;
  /**
   * All of the body, for calls whose body is JSON.
   * @throws ServiceError if it is too long, too late or there is no room for it; BodyReadError if it never comes whole
   */
  whole(): Promise<Uint8Array>;
  /** The body piece by piece, for those whose body goes on. */
  readonly body: AsyncIterable<Uint8Array>;
}
