import type { Journal } from '../domain/journal/journal.ts';
import type { ClockControl } from '../emulator/clockControl.ts';
import type { ResetRequest } from '../emulator/resetControl.ts';

/** What the emulator's own API may do. */
export interface AdminServices {
  readonly clock: ClockControl;
  readonly journal: Journal;
  readonly version: string;
  /** Milliseconds of real time since the emulator was made. */
  uptimeMs(): number;
  /** Resolves to how many streams have gone. */
  reset(request: ResetRequest): Promise<number>;
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

/** Answered as `{"error": what was wrong, "hint": what to do, "path": where}`. */
export class AdminError extends Error {
  readonly status: number;
  readonly hint: string;
  /** JSON pointer to what in the body was wrong. */
  readonly path: string | undefined;

  constructor(status: number, message: string, hint: string, path?: string) {
    super(message);
    this.status = status;
    this.hint = hint;
    this.path = path;
  }
}
