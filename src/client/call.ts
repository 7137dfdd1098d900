import { sha256Hex } from '../protocol/sigv4/sign.ts';
import { accepted, requestIdOf } from './answer.ts';
import { Broken, DuplexCall } from './duplexCall.ts';
import { ConnectionError, KinesisVideoError, refuseUnknownOperation } from './errors.ts';
import { type ClientOptions, openRequest } from './request.ts';

interface Call {
  readonly method?: string;
  readonly path: string;
  readonly query?: string;
  /** Sent as JSON; undefined: no body. */
  readonly input?: unknown;
  readonly idleTimeoutMs?: number;
  readonly bearer?: string | undefined;
}

/** How to reach the emulator's own API, which may ask for a token. */
export interface AdminOptions extends ClientOptions {
  readonly adminToken?: string | undefined;
}

/** Moving the clock by years does years of work. */
const ADMIN_TIMEOUT_MS = 600_000;

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.byteLength > 0) yield bytes;
}

async function open(options: ClientOptions, { input, idleTimeoutMs, ...call }: Call): Promise<DuplexCall> {
  const bytes = Buffer.from(input === undefined ? '' : JSON.stringify(input));
  const request = await openRequest(options, {
    ...call,
    headers: { 'content-type': 'application/json' },
    payloadHash: sha256Hex(bytes),
    unsigned: { 'content-length': bytes.byteLength },
  });
  return new DuplexCall(request, once(bytes), { signal: options.signal, idleTimeoutMs });
}

async function* bodyOf(options: ClientOptions, exchange: DuplexCall): AsyncGenerator<Uint8Array, void, undefined> {
  let length = 0;
  try {
    for await (const chunk of exchange.chunks()) {
      options.signal?.throwIfAborted();
      length += chunk.byteLength;
      yield chunk;
    }
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    throw new ConnectionError(`The connection to ${options.endpoint} was lost after ${length} bytes`, error.cause);
  }
}

async function answer(options: ClientOptions, call: Call): Promise<{ text: string; requestId: string | undefined }> {
  const exchange = await open(options, call);
  try {
    const response = await accepted(exchange, options.endpoint);
    const parts: Uint8Array[] = [];
    for await (const chunk of bodyOf(options, exchange)) parts.push(chunk);
    return { text: Buffer.concat(parts).toString(), requestId: requestIdOf(response) };
  } finally {
    exchange.close();
  }
}

async function json<Output>(options: ClientOptions, call: Call): Promise<Output> {
  const { text, requestId } = await answer(options, call);
  let output: unknown;
  try {
    output = text === '' ? {} : JSON.parse(text);
  } catch {
    const shown = JSON.stringify(text.slice(0, 200));
    throw new KinesisVideoError('InvalidResponse', `Expected JSON, got ${shown}`, 200, requestId);
  }
  refuseUnknownOperation(output, requestId);
  return output as Output;
}

/**
 * One operation that takes and gives JSON, by its path: `call(options, '/describeStream', { StreamName: 'cam' })`.
 * Throws KinesisVideoError for what the service refuses and ConnectionError if there is no whole answer.
 */
export const call = <Output>(options: ClientOptions, path: string, input: object = {}): Promise<Output> =>
  json(options, { path, input });

/** One request of the emulator's own API: `admin(options, 'GET', '/clock')`. Throws as `call` does. */
export const admin = <Output>(
  options: AdminOptions,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  more: { input?: object; query?: string } = {},
): Promise<Output> =>
  json(options, { method, path: `/_kvs${path}`, idleTimeoutMs: ADMIN_TIMEOUT_MS, bearer: options.adminToken, ...more });

/** What the emulator's own API has that is no JSON: `adminText(options, '/ca.pem')`. Throws as `call` does. */
export const adminText = async (options: AdminOptions, path: string): Promise<string> =>
  (await answer(options, { method: 'GET', path: `/_kvs${path}`, bearer: options.adminToken })).text;

/** The same of what goes on for as long as it likes, as it comes; leaving the loop ends the request. */
export async function* adminBytes(
  options: AdminOptions,
  path: string,
  query = '',
): AsyncGenerator<Uint8Array, void, undefined> {
  const bearer = options.adminToken;
  const exchange = await open(options, { method: 'GET', path: `/_kvs${path}`, query, idleTimeoutMs: 0, bearer });
  try {
    await accepted(exchange, options.endpoint);
    yield* bodyOf(options, exchange);
  } finally {
    exchange.close();
  }
}

/** Sends bytes to the emulator's own API as they come; what it answers is JSON. */
export async function adminUpload<Output>(
  options: AdminOptions,
  path: string,
  query: string,
  body: AsyncIterable<Uint8Array>,
  method: 'POST' | 'PUT' = 'POST',
): Promise<Output> {
  const request = await openRequest(options, {
    method,
    path: `/_kvs${path}`,
    query,
    headers: { 'content-type': 'application/octet-stream' },
    payloadHash: 'UNSIGNED-PAYLOAD',
    unsigned: { 'transfer-encoding': 'chunked' },
    bearer: options.adminToken,
  });
  const exchange = new DuplexCall(request, body, { signal: options.signal, idleTimeoutMs: ADMIN_TIMEOUT_MS });
  try {
    await accepted(exchange, options.endpoint);
    const parts: Uint8Array[] = [];
    for await (const chunk of bodyOf(options, exchange)) parts.push(chunk);
    return JSON.parse(Buffer.concat(parts).toString()) as Output;
  } finally {
    exchange.close();
  }
}

/** What GetMedia and GetMediaForFragmentList take, with AWS's names. */
export interface MediaRequest {
  readonly StreamName?: string;
  readonly StreamARN?: string;
  readonly StartSelector?: {
    readonly StartSelectorType: string;
    readonly AfterFragmentNumber?: string;
    /** Seconds since the epoch. */
    readonly StartTimestamp?: number;
    readonly ContinuationToken?: string;
  };
  readonly Fragments?: readonly string[];
}

/**
 * GetMedia (`/getMedia`) or GetMediaForFragmentList (`/getMediaForFragmentList`): the Matroska that the service sends,
 * until it ends the session. Nothing is asked for before the first chunk is; a slow reader holds the service back, and
 * leaving the loop ends the session. Throws as `call` does.
 */
export async function* media(
  options: ClientOptions,
  path: '/getMedia' | '/getMediaForFragmentList',
  input: MediaRequest,
): AsyncGenerator<Uint8Array, void, undefined> {
  // A live stream may pause for as long as it likes.
  const exchange = await open(options, { path, input, idleTimeoutMs: 0 });
  try {
    await accepted(exchange, options.endpoint);
    yield* bodyOf(options, exchange);
  } finally {
    exchange.close();
  }
}
