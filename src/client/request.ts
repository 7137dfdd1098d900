import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type Credentials, signHeaders } from '../protocol/sigv4/sign.ts';
import { ConnectionError, KinesisVideoError } from './errors.ts';

/** How to reach the service and as whom. */
export interface ClientOptions {
  /** Base address, such as GetDataEndpoint gives: `http://localhost:4580`, `https://s-1a2b3c4d.kinesisvideo...`. */
  readonly endpoint: string | URL;
  /** The region that is signed for: `us-west-2`. */
  readonly region: string;
  /** Called once for each request. Default `test`/`test`, which the emulator takes as it comes. */
  readonly credentials?: Credentials | (() => Credentials | Promise<Credentials>);
  /** PEM of the authority to trust instead of the public ones; the emulator's is at `/_kvs/ca.pem`. */
  readonly ca?: string | Uint8Array;
  /** Aborting it ends the request at once; what was waited for then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

interface Outgoing {
  readonly path: string;
  /** Signed; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly payloadHash: string;
  /** Not signed: what proxies may change on the way. */
  readonly unsigned: Readonly<Record<string, string | number>>;
}

const ANYBODY: Credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** `path` under the endpoint, which may have a path of its own. */
function resolve(endpoint: string | URL, path: string): URL {
  const url = URL.canParse(String(endpoint)) ? new URL(endpoint) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new TypeError(`the endpoint must be an http:// or https:// address, not ${endpoint}`);
  url.pathname = url.pathname.replace(/\/+$/, '') + path;
  url.search = '';
  return url;
}

/** A signed POST on a connection of its own. Its body and its events are the caller's business. */
export async function openRequest(options: ClientOptions, outgoing: Outgoing): Promise<ClientRequest> {
  const url = resolve(options.endpoint, outgoing.path);
  const given = options.credentials ?? ANYBODY;
  options.signal?.throwIfAborted();
  const credentials = typeof given === 'function' ? await given() : given;
  options.signal?.throwIfAborted();
  const signable = {
    method: 'POST',
    path: url.pathname,
    headers: { host: url.host, ...outgoing.headers },
    payloadHash: outgoing.payloadHash,
  };
  const headers = signHeaders(signable, { credentials, region: options.region });
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return open(url, {
    method: 'POST',
    headers: { ...headers, 'user-agent': 'kvs-emulator-client', ...outgoing.unsigned },
    agent: false,
    ...(options.ca === undefined ? {} : { ca: Buffer.from(options.ca) }),
  });
}

const header = (response: IncomingMessage, name: string): string | undefined =>
  [response.headers[name] ?? []].flat()[0];

export const requestIdOf = (response: IncomingMessage): string | undefined => header(response, 'x-amzn-requestid');

/** No connection, or one that broke before there was an answer. */
export const connectionError = (endpoint: string | URL, cause: unknown): ConnectionError =>
  new ConnectionError(`No answer from ${endpoint}: ${reason(cause)}`, cause);

/** A name with two addresses fails with an AggregateError, whose own message is empty. */
function reason(cause: unknown): string {
  const error = cause instanceof AggregateError ? cause.errors[0] : cause;
  return error instanceof Error ? error.message || String((error as NodeJS.ErrnoException).code) : String(error);
}

/** The error that an answer other than 200 stands for. `body` may have been cut short. */
export function serviceError(response: IncomingMessage, body: Uint8Array): KinesisVideoError {
  const status = response.statusCode ?? 0;
  const text = new TextDecoder().decode(body).trim();
  const fields = parseObject(text);
  const name = header(response, 'x-amzn-errortype') ?? fields.__type ?? fields.code ?? fields.Code ?? `Http${status}`;
  const message = fields.Message ?? fields.message ?? /<Message>([^<]*)/.exec(text)?.[1] ?? text.slice(0, 500);
  return new KinesisVideoError(
    // `Name:http://...` in the header, `com.amazon.coral.service#Name` in a body.
    String(name).replace(/:.*$/s, '').replace(/^.*#/s, ''),
    String(message || response.statusMessage || `The service answered with status ${status}`),
    status,
    requestIdOf(response),
  );
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
