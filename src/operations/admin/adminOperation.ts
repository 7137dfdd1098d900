import type { ClockControl } from '../../emulator/clockControl.ts';
import type { Journal } from '../../runtime/journal.ts';

/** What the emulator's own API may do. */
export interface AdminServices {
  readonly clock: ClockControl;
  readonly journal: Journal;
  readonly version: string;
  /** Milliseconds of real time since the emulator was made. */
  uptimeMs(): number;
  /** Forgets the streams of every account and region that match; all of them for `{}`. */
  reset(which: { account?: string | undefined; region?: string | undefined }): void | Promise<void>;
  /** The certificates that a client of the TLS listener has to trust. PEM. */
  trusted(): Promise<string>;
}

export interface AdminRequest {
  readonly query: URLSearchParams;
  /** The parsed JSON of the body; `{}` if there is none. */
  readonly body: unknown;
}

/** An answer that is not JSON. */
export class PlainText {
  readonly contentType: string;
  readonly text: string;

  constructor(contentType: string, text: string) {
    this.contentType = contentType;
    this.text = text;
  }
}

/** One route under /_kvs. What `handle` gives back is answered as JSON. */
export interface AdminOperation {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: `/_kvs/${string}`;
  /** One line, for lists of routes. */
  readonly summary: string;
  handle(services: AdminServices, request: AdminRequest): unknown;
}

/** Answered as `{"error": what was wrong, "hint": what to do}`. */
export class AdminError extends Error {
  readonly status: number;
  readonly hint: string;

  constructor(status: number, message: string, hint: string) {
    super(message);
    this.status = status;
    this.hint = hint;
  }
}
