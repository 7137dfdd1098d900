import type { Channel } from '../domain/channels/channel.ts';
import type { Channels } from '../domain/channels/channels.ts';
import type { Credentials } from '../domain/credentials/credentials.ts';
import type { Announcements } from '../domain/events/announcements.ts';
import type { Events } from '../domain/events/events.ts';
import type { Delivered } from '../domain/journal/journal.ts';
import type { Connections, Place } from '../domain/limits/connections.ts';
import type { Limits } from '../domain/limits/limits.ts';
import type { Pacer } from '../domain/limits/pacer.ts';
import type { Throttle } from '../domain/limits/throttle.ts';
import type { FrameDecoder, IceRelay } from '../domain/ports.ts';
import type { SegmentCache } from '../domain/segments/segmentCache.ts';
import type { Session } from '../domain/sessions/session.ts';
import type { Sessions } from '../domain/sessions/sessions.ts';
import type { Went } from '../domain/signaling/meeting.ts';
import type { Signaling } from '../domain/signaling/signaling.ts';
import type { Stream } from '../domain/streams/stream.ts';
import type { Streams } from '../domain/streams/streams.ts';
import type { Difference } from '../protocol/differences.ts';
import type { ServiceError } from '../protocol/errors.ts';
import type { Endpoint, Plane } from '../protocol/planes.ts';
import type { Infer, Structure } from '../protocol/shapes.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import type { Log } from '../runtime/log.ts';
import type { Repeats } from '../runtime/repeats.ts';
import type { Room } from '../runtime/room.ts';
import type { Target } from './road/target.ts';

/** Thrown by the body of a duplex operation when its framing breaks or the caller goes away in the middle of it. */
export class BodyReadError extends Error {}

/** What archived fragments cost that are asked for, of the two pools of their stream. */
export interface Points {
  readonly metadata?: number;
  readonly media?: number;
}

/** What every operation may know of the request it answers. */
export interface RequestContext {
  /** The emulator's time when the request arrived, in milliseconds since the epoch; it does not move while answering. */
  readonly now: number;
  readonly requestId: string;
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
  /** Who asks, as policies and keys know them: `arn:aws:iam::000000000000:user/AKIDEXAMPLE`. */
  readonly principal: string;
  /** Scheme, host and port by which this caller reaches the emulator, without a trailing slash. */
  readonly baseUrl: string;
  /** The address to hand out for a plane of a stream or channel. */
  dataEndpoint(endpoint: Endpoint, arn: string): string;
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
  /** To be called when the answer, or the connection that it opened, is over. */
  atEnd(run: () => void): void;
  /** Throws ClientLimitExceededException if the stream's fragment points are used up. */
  spend(stream: Stream, points: Points): void;
  /** The same for bytes of fragments that are given whole, of which its shards give only so many in a second. */
  readWhole(stream: Stream, fragments: readonly { readonly number: string; readonly bytes: number }[]): void;
  /** Holds a body back that a limit does not let through yet, and says so. */
  pacer(stream: Stream): Pacer;
  /** Its place among the connections of its stream, if those are counted. */
  readonly place: Place | undefined;
  /** Notes in the journal what came over the connection that the request opened: its id, and a number behind it. */
  noteMessage(type: string, went: Pick<Went, 'error' | 'status' | 'met' | 'throttled'>): void;
  /** How much later than it is kept a fragment is listed, on purpose: the nth of a session, or each that is asked for. */
  readonly listDelay?: ((fragment: number) => number) | undefined;
  /** Has the journal say what the service has delivered because of this call. */
  noteDelivered(delivered: Delivered): void;
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
  readonly signaling: Signaling;
  readonly relay: IceRelay | undefined;
  readonly room: Room;
  readonly repeats: Repeats;
  readonly limits: Limits;
  readonly throttle: Throttle;
  readonly connections: Connections;
  readonly events: Events;
  readonly credentials: Credentials;
  readonly announcements: Announcements;
}

export type Context = RequestContext & Services;

/** What an operation acts on, by what it is handed: existence is asked before it is handled. */
export interface Targets {
  /** The account in its region: lists, and what makes something new. */
  account: undefined;
  newStream: undefined;
  newChannel: undefined;
  /** In whatever status. */
  stream: Stream;
  /** Neither being made nor going: whoever wants the media of another is told that it is not there. */
  activeStream: Stream;
  channel: Channel;
  /** As with streams. */
  activeChannel: Channel;
  /** Either, by ResourceARN. */
  resource: Stream | Channel;
  /** That of a token, on a stream that is still there. */
  hlsSession: Session;
  dashSession: Session;
}
export type ActsOn = keyof Targets;

interface Common<Input, On extends ActsOn> {
  /** AWS's name. */
  readonly name: string;
  readonly plane: Plane;
  /** Path of the POST, of a resource the path of the GET, exactly as on the wire. */
  readonly path: `/${string}`;
  readonly actsOn: On;
  readonly input: Structure<Input>;
  /** What the table cannot say of the input. Throws what is to be answered. */
  check?(input: Input): void;
  /** What its calls are counted as where rates are limited; its own name unless told. */
  readonly countsAs?: string;
  /** The action of IAM that its calls need besides its own if they bring tags. */
  readonly tagsNeed?: string;
  /** What is left out, for the table in docs/operations.md; absent when nothing is. */
  readonly leavesOut?: string;
}

/** One JSON object in, one out. */
export interface JsonOperation<Input = unknown, Output = unknown, On extends ActsOn = ActsOn>
  extends Common<Input, On> {
  readonly kind: 'json';
  handle(context: Context, input: Input, target: Targets[On]): Output | Promise<Output>;
}

/** One JSON object in, a body of unknown length out. What is thrown before it resolves is an HTTP error. */
export interface BytesOperation<Input = unknown, On extends ActsOn = ActsOn> extends Common<Input, On> {
  readonly kind: 'bytes';
  readonly contentType: string;
  handle(context: Context, input: Input, target: Targets[On]): Promise<AsyncIterable<Uint8Array>>;
}

/**
 * Parameters in headers, a body of unknown length in, lines of text out while it still comes. What is thrown before it
 * resolves is an HTTP error; nothing of the body has been read by then.
 */
export interface DuplexOperation<Input = unknown, On extends ActsOn = ActsOn> extends Common<Input, On> {
  readonly kind: 'duplex';
  /** Lower-case name of the header that carries each member of the input. */
  readonly headers: { readonly [Member in keyof Input]-?: string };
  readonly contentType: string;
  /**
   * `body` throws a BodyReadError if the request's framing breaks or the caller goes away in the middle of it. Each
   * string that comes out is one line to be written by itself; when the iterable ends the response ends and, unless
   * all of the body was read, the connection is closed. The iterable is drained even when nobody is left to read it.
   */
  handle(
    context: Context,
    input: Input,
    target: Targets[On],
    body: AsyncIterable<Uint8Array>,
  ): Promise<AsyncIterable<string>>;
}

/** A resource of a playback session: GET and HEAD, parameters in the query, a session token instead of a signature. */
export interface ResourceOperation<Input = unknown, On extends ActsOn = ActsOn> extends Common<Input, On> {
  readonly kind: 'resource';
  handle(context: Context, input: Input, target: Targets[On]): SessionResource | Promise<SessionResource>;
}
export interface SessionResource {
  readonly contentType: string;
  readonly body: string | Uint8Array;
}

export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The emulator's end of a WebSocket. Text frames both ways; binary ones go unheard. */
export interface SocketConnection {
  /** Calls `sent` when nothing of the text waits here any more. False if there is no memory for it to wait in. */
  send(text: string, sent?: () => void): boolean;
  close(code: number, reason: string): void;
  onMessage(run: (text: string) => void): void;
  /** It has been answered. */
  onPing(run: () => void): void;
  /** Whoever ended it; called once. */
  onClose(run: (code: number, reason: string) => void): void;
}

/** Answers an upgraded connection: a GET with parameters in the query. What is thrown before it resolves is an HTTP error. */
export interface SocketOperation<Input = unknown, On extends ActsOn = ActsOn> extends Common<Input, On> {
  readonly kind: 'socket';
  /** Of several at one path: whether this is the one that is asked for. */
  means?(target: Pick<Target, 'query' | 'endpoint'>): boolean;
  /** How a refusal is written down, headers and all, if not as everywhere. */
  refusal?(error: ServiceError, ids: Ids): Refusal;
  /** Resolves to what is done with the connection once it is open. */
  handle(
    context: Context,
    input: Input,
    target: Targets[On],
  ): Promise<(connection: SocketConnection) => void> | ((connection: SocketConnection) => void);
}

export type Operation =
  // biome-ignore lint/suspicious/noExplicitAny: the registry holds operations of every input; each checked its own.
  JsonOperation<any, any, any> | BytesOperation<any, any> | DuplexOperation<any, any> | AnyOnTheWay;
// biome-ignore lint/suspicious/noExplicitAny: as above
type AnyOnTheWay = ResourceOperation<any, any> | SocketOperation<any, any>;

/** Gives a descriptor the types of its input table, and its handler what it acts on. */
export const jsonOperation = <S extends Structure<unknown>, O, const On extends ActsOn>(
  operation: JsonOperation<Infer<S>, O, On> & { input: S },
): JsonOperation<Infer<S>, O, On> => operation;
export const bytesOperation = <S extends Structure<unknown>, const On extends ActsOn>(
  operation: BytesOperation<Infer<S>, On> & { input: S },
): BytesOperation<Infer<S>, On> => operation;
export const duplexOperation = <S extends Structure<unknown>, const On extends ActsOn>(
  operation: DuplexOperation<Infer<S>, On> & { input: S },
): DuplexOperation<Infer<S>, On> => operation;
export const resourceOperation = <S extends Structure<unknown>, const On extends ActsOn>(
  operation: ResourceOperation<Infer<S>, On> & { input: S },
): ResourceOperation<Infer<S>, On> => operation;
export const socketOperation = <S extends Structure<unknown>, const On extends ActsOn>(
  operation: SocketOperation<Infer<S>, On> & { input: S },
): SocketOperation<Infer<S>, On> => operation;
