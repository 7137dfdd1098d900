// By their default exports: who stands in for a service in tests, as msw does, puts another `request` there.
import http, { type ClientRequest } from 'node:http';
import https from 'node:https';
import { type Credentials, signHeaders } from '../protocol/sigv4/sign.ts';

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
  /** Default POST. */
  readonly method?: string;
  readonly path: string;
  /** With its question mark. */
  readonly query?: string;
  /** Signed; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly payloadHash: string;
  /** Sent in the place of a signature. */
  readonly bearer?: string | undefined;
  /** Not signed: what proxies may change on the way. */
  readonly unsigned: Readonly<Record<string, string | number>>;
}

const ANYBODY: Credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** `path` under the endpoint, which may have a path of its own. */
function resolve(endpoint: string | URL, path: string): URL {
  const url = URL.canParse(String(endpoint)) ? new URL(endpoint) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new TypeError(`the endpoint must be an http:// or https:// address, not ${endpoint}`);
  url.pathname = url.pathname.replace(/(?<!\/)\/+$/, '') + path;
  return url;
}

/** A signed request on a connection of its own. Its body and its events are the caller's business. */
export async function openRequest(options: ClientOptions, outgoing: Outgoing): Promise<ClientRequest> {
  const url = resolve(options.endpoint, outgoing.path);
  const given = options.credentials ?? ANYBODY;
  options.signal?.throwIfAborted();
  const credentials = typeof given === 'function' ? await given() : given;
  options.signal?.throwIfAborted();
  url.search = outgoing.query ?? '';
  const method = outgoing.method ?? 'POST';
  const signable = {
    method,
    path: url.pathname,
    query: url.search.slice(1),
    headers: { host: url.host, ...outgoing.headers },
    payloadHash: outgoing.payloadHash,
  };
  const headers =
    outgoing.bearer === undefined
      ? signHeaders(signable, { credentials, region: options.region })
      : { ...signable.headers, authorization: `Bearer ${outgoing.bearer}` };
  const open = url.protocol === 'https:' ? https.request : http.request;
  return open(url, {
    method,
    headers: { ...headers, 'user-agent': 'kvs-emulator-client', ...outgoing.unsigned },
    agent: false,
    ...(options.ca === undefined ? {} : { ca: Buffer.from(options.ca) }),
  });
}
