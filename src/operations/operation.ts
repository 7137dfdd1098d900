import type { Channels } from '../domain/channels/channels.ts';
import type { FrameDecoder } from '../domain/ports.ts';
import type { SegmentCache } from '../domain/segments/segmentCache.ts';
import type { Sessions } from '../domain/sessions/sessions.ts';
import type { Streams } from '../domain/streams/streams.ts';
import type { Difference } from '../protocol/differences.ts';
import type { ServiceError } from '../protocol/errors.ts';
import type { Infer, Structure } from '../protocol/shapes.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import type { Log } from '../runtime/log.ts';
import type { Repeats } from '../runtime/repeats.ts';
import type { Room } from '../runtime/room.ts';

/** Which of the service's endpoints serves an operation on AWS. */
export type Plane = 'control' | 'media' | 'archived';

/** Thrown by the body of a duplex operation when its framing breaks or the caller goes away in the middle of it. */
export class BodyReadError extends Error {}

/** What every operation may know of the request it answers. */
export interface RequestContext {
  /** The emulator's time when the request arrived, in milliseconds since the epoch; it does not move while answering. */
  readonly now: number;
  readonly requestId: string;
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
  /** Scheme, host and port by which this caller reaches the emulator, without a trailing slash. */
  readonly baseUrl: string;
  /** Label of the data endpoint that the request came in on; undefined for the control address. */
  readonly endpoint: string | undefined;
  /** The address to hand out for a plane of a stream. */
  dataEndpoint(plane: 'media' | 'archived', streamArn: string): string;
  /** The request works here and would fail on AWS: warns, or throws what `refusal` makes if the emulator is strict. */
  differs(difference: Difference, refusal: () => ServiceError): void;
  /**
   * What is sent works here and would fail on AWS, or fail later: warns. Said again for the same difference, the text
   * takes the place of the one before.
   */
  warn(difference: string, text: string): void;
  /** What would fail on AWS is to be refused instead. */
  readonly strict: boolean;
  readonly log: Log;
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal;
  /** Says that a stream has had its time on the emulator's clock: a caller that does not read it to its end is cut off. */
  timeIsOver(): void;
}

/** What operations may use; each names the ones it needs in the type of its context. */
export interface Services {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly streams: Streams;
  readonly sessions: Sessions;
  readonly segments: SegmentCache;
  readonly decoder: FrameDecoder;
  readonly channels: Channels;
  readonly room: Room;
  readonly repeats: Repeats;
}

export type Context = RequestContext & Services;

interface Common<Input> {
  /** AWS's name, also the last part of its IAM action `kinesisvideo:<name>`. */
  readonly name: string;
  readonly plane: Plane;
  /** Path of the POST, of a resource the path of the GET, exactly as on the wire. */
  readonly path: `/${string}`;
  readonly input: Structure<Input>;
  /** What is left out, for the table in docs/operations.md; absent when nothing is. */
  readonly leavesOut?: string;
}

/** One JSON object in, one out. */
export interface JsonOperation<Input = unknown, Output = unknown> extends Common<Input> {
  readonly kind: 'json';
  handle(context: Context, input: Input): Output | Promise<Output>;
}

/** One JSON object in, a body of unknown length out. What is thrown before it resolves is an HTTP error. */
export interface BytesOperation<Input = unknown> extends Common<Input> {
  readonly kind: 'bytes';
  readonly contentType: string;
  handle(context: Context, input: Input): Promise<AsyncIterable<Uint8Array>>;
}

/**
 * Parameters in headers, a body of unknown length in, lines of text out while it still comes. What is thrown before it
 * resolves is an HTTP error; nothing of the body has been read by then.
 */
export interface DuplexOperation<Input = unknown> extends Common<Input> {
  readonly kind: 'duplex';
  /** Lower-case name of the header that carries each member of the input. */
  readonly headers: { readonly [Member in keyof Input]-?: string };
  readonly contentType: string;
  /**
   * `body` throws a BodyReadError if the request's framing breaks or the caller goes away in the middle of it. Each
   * string that comes out is one line to be written by itself; when the iterable ends the response ends and, unless
   * all of the body was read, the connection is closed. The iterable is drained even when nobody is left to read it.
   */
  handle(context: Context, input: Input, body: AsyncIterable<Uint8Array>): Promise<AsyncIterable<string>>;
}

/** A resource of a playback session: GET and HEAD, parameters in the query, a session token instead of a signature. */
export interface ResourceOperation<Input = unknown> extends Common<Input> {
  readonly kind: 'resource';
  handle(context: Context, input: Input): Resource | Promise<Resource>;
}
export interface Resource {
  readonly contentType: string;
  readonly body: string | Uint8Array;
}

// biome-ignore lint/suspicious/noExplicitAny: the registry holds operations of every input; each checked its own.
export type Operation = JsonOperation<any, any> | BytesOperation<any> | DuplexOperation<any> | ResourceOperation<any>;

/** Gives a descriptor the types of its input table. */
export const jsonOperation = <S extends Structure<unknown>, O>(
  operation: JsonOperation<Infer<S>, O> & { input: S },
): JsonOperation<Infer<S>, O> => operation;
export const bytesOperation = <S extends Structure<unknown>>(
  operation: BytesOperation<Infer<S>> & { input: S },
): BytesOperation<Infer<S>> => operation;
export const duplexOperation = <S extends Structure<unknown>>(
  operation: DuplexOperation<Infer<S>> & { input: S },
): DuplexOperation<Infer<S>> => operation;
export const resourceOperation = <S extends Structure<unknown>>(
  operation: ResourceOperation<Infer<S>> & { input: S },
): ResourceOperation<Infer<S>> => operation;
