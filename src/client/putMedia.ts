import type { Readable } from 'node:stream';
import { signingNow, UNSIGNED_PAYLOAD } from '../protocol/sigv4/sign.ts';
import { AckParser } from './acks.ts';
import { accepted, requestIdOf } from './answer.ts';
import { Broken, DuplexCall } from './duplexCall.ts';
import { PutMediaError, PutMediaInterruptedError } from './errors.ts';
import type { FragmentAck } from './fragmentAck.ts';
import { type ClientOptions, openRequest } from './request.ts';

export type { Credentials } from '../protocol/sigv4/sign.ts';
export {
  ConnectionError,
  KinesisVideoError,
  PutMediaError,
  PutMediaInterruptedError,
  type PutMediaProgress,
} from './errors.ts';
export type { FragmentAck } from './fragmentAck.ts';
export type { ClientOptions } from './request.ts';

export interface PutMediaOptions extends ClientOptions {
  /** Either this or `streamARN`. */
  readonly streamName?: string;
  readonly streamARN?: string;
  /** One Matroska document. A chunk may be reused once the next one is asked for. */
  readonly body: AsyncIterable<Uint8Array> | Readable | Uint8Array;
  /** Whether the Clusters' timecodes are dates or count from `producerStartTimestamp`. */
  readonly fragmentTimecodeType: 'ABSOLUTE' | 'RELATIVE';
  /** A date, or milliseconds since the epoch. Default: the time of the call. */
  readonly producerStartTimestamp?: number | { getTime(): number };
  /** false: the service sends no acknowledgments. */
  readonly acknowledgments?: boolean;
  /**
   * For how many milliseconds nothing may move while it is the service's turn; 0 for ever. Pauses of the body do not
   * count. Default 60,000.
   */
  readonly idleTimeoutMs?: number;
  /** Told the service's id of the request once it has accepted it: what its support, or the emulator's journal, asks for. */
  readonly onRequestId?: (requestId: string) => void;
}

/** Pieces in which a body that is there as a whole is sent, so that an ERROR or an abort stops it in time. */
const PIECE = 65_536;

/**
 * PutMedia: sends `body` to a stream and yields the service's acknowledgments while it does. Nothing is sent before the
 * first one is asked for; leaving the loop ends the session. At most one chunk of the body and 64 KiB of acknowledgments
 * are held, so a slow service holds the body back, and a slow reader the service. A refused call leaves the body alone.
 *
 * An ERROR acknowledgment is yielded like any other, the rest of the body is not sent, and when the service has said all
 * (earlier fragments may still be PERSISTED) PutMediaError is thrown. Further errors: KinesisVideoError, the service
 * refused the call; ConnectionError, there was no answer; PutMediaInterruptedError, the session broke or was closed
 * before the end of the body; what `body` or `credentials` threw; the signal's reason. Options that make no sense are a
 * TypeError at once.
 */
export function putMedia(options: PutMediaOptions): AsyncGenerator<FragmentAck, void, undefined> {
  if ((options.streamName === undefined) === (options.streamARN === undefined))
    throw new TypeError('putMedia needs either streamName or streamARN');
  if (options.fragmentTimecodeType !== 'ABSOLUTE' && options.fragmentTimecodeType !== 'RELATIVE')
    throw new TypeError("fragmentTimecodeType must be 'ABSOLUTE' or 'RELATIVE'");
  const body = options.body instanceof Uint8Array ? pieces(options.body) : options.body;
  if (typeof body?.[Symbol.asyncIterator] !== 'function')
    throw new TypeError('body must be a Uint8Array, a stream or an async iterable of Uint8Arrays');
  // A stream may fail before anybody reads it, such as a file that is not there; iterating it will tell.
  if ('on' in body) body.on('error', () => undefined);
  return session(options, body, {
    ...(options.streamName === undefined ? {} : { 'x-amzn-stream-name': options.streamName }),
    ...(options.streamARN === undefined ? {} : { 'x-amzn-stream-arn': options.streamARN }),
    'x-amzn-fragment-timecode-type': options.fragmentTimecodeType,
    'x-amzn-producer-start-timestamp': startTimestamp(options.producerStartTimestamp ?? signingNow()),
    ...(options.acknowledgments === false ? { 'x-amzn-fragment-acknowledgment-required': '0' } : {}),
    'x-amz-content-sha256': UNSIGNED_PAYLOAD,
  });
}

/** Seconds with three decimals. */
function startTimestamp(given: number | { getTime(): number }): string {
  const ms = typeof given === 'number' ? given : given.getTime();
  if (!Number.isFinite(ms) || ms < 0) throw new TypeError('producerStartTimestamp is not a date');
  return (ms / 1000).toFixed(3);
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

async function* session(
  options: PutMediaOptions,
  body: AsyncIterable<Uint8Array>,
  headers: Record<string, string>,
): AsyncGenerator<FragmentAck, void, undefined> {
  const request = await openRequest(options, {
    path: '/putMedia',
    headers,
    payloadHash: UNSIGNED_PAYLOAD,
    unsigned: {
      'content-type': 'application/octet-stream',
      'transfer-encoding': 'chunked',
      // A service that refuses says so before the body is touched.
      expect: '100-continue',
      // After `close`, a service that answers early may cut the connection under what we still send, and its answer.
      connection: 'keep-alive',
    },
  });
  const exchange = new DuplexCall(request, body, { ...options, expects: true });
  try {
    yield* acknowledgments(options, exchange);
  } finally {
    exchange.close();
  }
}

async function* acknowledgments(
  { endpoint, signal, onRequestId }: PutMediaOptions,
  exchange: DuplexCall,
): AsyncGenerator<FragmentAck, void, undefined> {
  const response = await accepted(exchange, endpoint);
  const requestId = requestIdOf(response);
  if (requestId !== undefined) onRequestId?.(requestId);
  const progress = { received: 0, persisted: 0, lastPersisted: undefined as FragmentAck | undefined };
  const parser = new AckParser(requestId);
  let refusal: FragmentAck | undefined;
  let broken: Broken | undefined;
  try {
    for await (const chunk of exchange.chunks()) {
      for (const ack of parser.push(chunk)) {
        signal?.throwIfAborted();
        if (ack.EventType === 'RECEIVED') progress.received++;
        if (ack.EventType === 'PERSISTED') {
          progress.persisted++;
          progress.lastPersisted = ack;
        }
        if (ack.EventType === 'ERROR') {
          refusal ??= ack;
          exchange.stop();
        }
        yield ack;
      }
    }
    parser.end();
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    broken = error;
  }
  // The service need not be nice about how it hangs up after an ERROR.
  if (refusal !== undefined) throw new PutMediaError(refusal, progress, requestId);
  if (broken !== undefined)
    throw new PutMediaInterruptedError('The connection was lost', progress, requestId, broken.cause);
  if (!exchange.sent) throw new PutMediaInterruptedError('The service ended the session', progress, requestId);
}
