import { type ControlTable, readControl } from '../emulator/controlInput.ts';
import type { Face } from '../emulator/face.ts';
import type { Given } from '../protocol/ownShapes.ts';
import type { Members, Shape } from '../protocol/shapes.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** How the same is done elsewhere, as one would type it; or why it is not. */
export type Ways = readonly string[] | { readonly none: string };

/** What a route is asked besides its input. */
export interface AdminCall {
  /** Aborted when the caller has gone or the emulator stops. */
  readonly signal: AbortSignal;
  /** By its name in lower case. */
  header(name: string): string | undefined;
  /** Of a route that takes bytes. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Whether that is the admin token. If so, the caller has a cookie for it from now on. */
  admit(token: string): boolean;
}

interface Common<M extends Members> {
  readonly method: Method;
  /** Under /_kvs. `{name}` is a parameter and a member of the input. */
  readonly path: `/${string}`;
  /** One line, for lists of routes. */
  readonly summary: string;
  /** What it takes: the control's own table, which the control checks. */
  readonly input: ControlTable<M>;
  /** Members that may stand in the query. All may of a route whose method has no body. */
  readonly query?: readonly (keyof M & string)[];
  /** The member that the whole body is. Otherwise each member of the body is one of the input. */
  readonly body?: keyof M & string;
  /** Bytes of JSON at most, if that is more than usual. */
  readonly longest?: number;
  /** The body is no JSON: of this type, and so many bytes at most. */
  readonly bytes?: { readonly contentType: string; readonly most: number };
  readonly library: Ways;
  readonly command: Ways;
}

interface JsonAnswer<M extends Members> {
  readonly kind: 'json';
  /** What is answered. */
  readonly answer: Shape;
  readonly example: unknown;
  handle(face: Face, given: Given<M>, call: AdminCall): unknown;
}

interface DocumentAnswer<M extends Members> {
  readonly kind: 'document';
  readonly contentType: string;
  readonly example: string;
  handle(face: Face, given: Given<M>, call: AdminCall): Uint8Array | string | Promise<Uint8Array | string>;
}

/** An answer that goes on for as long as there is something to say, such as server-sent events or an archive. */
interface StreamAnswer<M extends Members> {
  readonly kind: 'stream';
  readonly contentType: string;
  readonly example: string;
  handle(face: Face, given: Given<M>, call: AdminCall): AsyncIterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>;
}

type Answers<M extends Members> = JsonAnswer<M> | DocumentAnswer<M> | StreamAnswer<M>;

/** One route of the emulator's own API. It only carries: what makes sense is for the control to say. */
export type AdminRoute = Common<Members> & Answers<Members>;

/** Holds a route to the types of its own table. */
export const route = <M extends Members>(descriptor: Common<M> & Answers<M>): AdminRoute =>
  descriptor as unknown as AdminRoute;

/** For routes that take nothing. */
export const nothing = (subject: string): ControlTable<Record<never, never>> => ({
  subject,
  hint: 'Ask without parameters and without a body.',
  members: {},
});

const takesNothing = ({ input }: AdminRoute): boolean => Object.keys(input.members).length === 0;

/** Members that come in the path. */
export const pathNames = ({ path }: AdminRoute): string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);

export const hasBody = ({ method }: AdminRoute): boolean => method !== 'GET' && method !== 'DELETE';

/** Members that come in the query. */
export const queryNames = (one: AdminRoute): string[] =>
  (one.query ?? (hasBody(one) ? [] : Object.keys(one.input.members))).filter((name) => !pathNames(one).includes(name));

/** Does what is asked. A control that is told nothing has nobody to say what it does not know. */
export function perform(one: AdminRoute, face: Face, given: unknown, call: AdminCall): unknown {
  if (takesNothing(one)) readControl(one.input, given);
  return one.handle(face, given as never, call);
}

/** Answered as `{"error": what was wrong, "hint": what to do, "path": where}`. */
export class AdminError extends Error {
  readonly status: number;
  readonly hint: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, hint: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.hint = hint;
    this.headers = headers;
  }
}
