import { createHash } from 'node:crypto';
import { type Forwarded, parseHost } from './forwarded.ts';
import { type Endpoint, labelOf } from './planes.ts';

/** How a caller reached the emulator. */
export interface ReachedBy {
  readonly secure: boolean;
  /** The host that was asked for: the Host header as received, or that of an absolute target. */
  readonly host: string | undefined;
  readonly userAgent: string | undefined;
  /** What a proxy says that may be believed. */
  readonly forwarded: Forwarded | undefined;
  /** The port the emulator listens on. */
  readonly port: number;
  /** Names of the machine it runs on, in lower case. */
  readonly names: ReadonlySet<string>;
}

const DEFAULT_PORTS = { http: '80', https: '443' } as const;

/**
 * The address that leads this caller back to the emulator: the configured public one, else that by which the caller
 * came, as far as it can be told. Without a trailing slash: clients append `/putMedia` as text.
 */
export function baseUrl(arrival: ReachedBy, publicUrl?: string): string {
  if (publicUrl !== undefined) return publicUrl;
  const { forwarded } = arrival;
  const scheme = forwarded?.scheme ?? (arrival.secure ? 'https' : 'http');
  const asked = forwarded?.host ?? parseHost(arrival.host);
  if (asked === undefined) return join(scheme, 'localhost', String(arrival.port));
  const told = forwarded?.host?.port ?? forwarded?.port ?? asked.port;
  const meant = forwarded !== undefined || meansDefaultPort(arrival, asked.name.toLowerCase());
  return join(scheme, asked.name, told ?? (meant ? DEFAULT_PORTS[scheme] : String(arrival.port)));
}

const join = (scheme: 'http' | 'https', name: string, port: string): string =>
  port === DEFAULT_PORTS[scheme] ? `${scheme}://${name}` : `${scheme}://${name}:${port}`;

/** Those of the C, C++, Java and WebRTC SDKs for Kinesis Video Streams, which never name a port in Host. */
const DROPS_PORTS = /\bAWS-(SDK|WEBRTC)-KVS\b/i;
/** Nobody calls the service's own names by another port than theirs. */
const SERVICE_NAME = /\.(amazonaws\.com(\.cn)?|api\.aws)$/;

/**
 * A Host without a port means 80 or 443 for all but the producers. They call this machine, an address or a neighbour
 * in a network of containers, so of such names the missing port says nothing; another name is behind a proxy or a mapped
 * port, unless it is a producer that says it.
 */
function meansDefaultPort({ names, userAgent }: ReachedBy, name: string): boolean {
  if (SERVICE_NAME.test(name)) return true;
  if (!name.includes('.') || name.endsWith('.localhost') || names.has(name) || IP_ADDRESS.test(name)) return false;
  return userAgent === undefined || !DROPS_PORTS.test(userAgent);
}
const IP_ADDRESS = /^(\[.*\]|\d+\.\d+\.\d+\.\d+)$/;

/** The same address for WebSockets. WebRTC clients refuse plain ws://, and the one port speaks TLS, too. */
export function webSocketUrl(base: string): string {
  const url = new URL(base);
  const port = url.port === '' && url.protocol === 'http:' ? `:${DEFAULT_PORTS.http}` : '';
  const path = url.pathname === '/' ? '' : url.pathname;
  return `wss://${url.host}${port}${path}`;
}

/**
 * The label of an endpoint of a stream's or channel's own, `s-1a2b3c4d` for PutMedia and GetMedia, `b-1a2b3c4d` for the
 * archive. AWS has it in the host name; here it is the first part of the path, because names under localhost do not
 * resolve everywhere.
 */
export const dataEndpointLabel = (endpoint: Endpoint, arn: string): string =>
  `${labelOf(endpoint)}-${createHash('sha1').update(arn).digest('hex').slice(0, 8)}`;

/** No program listens there, and no client refuses to ask: it is not among those that `fetch` takes for bad. */
const NOBODYS_PORT = '4';

/** An address of the same host where nobody answers. */
export function nowhere(base: string): string {
  const url = new URL(base);
  url.port = NOBODYS_PORT;
  return url.origin;
}
