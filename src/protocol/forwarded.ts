import { familyOf, unmapped } from '../runtime/networks.ts';

/** A host as a header has it. */
export interface HostAndPort {
  /** A name or an address, an IPv6 one in brackets. */
  readonly name: string;
  readonly port: string | undefined;
}

/** How a client reached the proxy in front of the emulator, as far as that proxy says. */
export interface Forwarded {
  readonly scheme: 'http' | 'https' | undefined;
  readonly host: HostAndPort | undefined;
  readonly port: string | undefined;
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Of a longer header nothing is believed: no proxy writes one. */
const LONGEST_HEADER = 2048;
/** That of a name in the DNS. */
const LONGEST_HOST = 253;
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9_][a-z0-9._-]*)(?::(\d{1,5}))?$/i;

/** The host and port of `name`, `name:port`, `[::1]:port`; undefined if it is none, with whatever else in it. */
export function parseHost(text: string | undefined): HostAndPort | undefined {
  if (text === undefined || text.length > LONGEST_HOST + ':65535'.length) return undefined;
  const [, name, port] = HOST.exec(text) ?? [];
  if (name === undefined || !URL.canParse(`http://${name}`)) return undefined;
  return port === undefined || parsePort(port) !== undefined ? { name, port: parsePort(port) } : undefined;
}

function parsePort(text: string | undefined): string | undefined {
  const port = text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? String(port) : undefined;
}

const SCHEMES: Readonly<Record<string, 'http' | 'https'>> = { http: 'http', https: 'https', ws: 'http', wss: 'https' };

function parseScheme(text: string | undefined): Forwarded['scheme'] {
  const scheme = text?.toLowerCase() ?? '';
  return Object.hasOwn(SCHEMES, scheme) ? SCHEMES[scheme] : undefined;
}

/**
 * Reads `Forwarded` (RFC 7239) and, for what it does not say, `X-Forwarded-Proto`, `-Host` and `-Port`. Of several
 * values the first counts: that of the proxy which the client has called. A header that is malformed says nothing.
 * Undefined if there is none that says anything.
 */
export function parseForwarded(headers: Headers): Forwarded | undefined {
  const standard = parseElements(headerOf(headers, 'forwarded'));
  const first = (name: string): string | undefined => headerOf(headers, name)?.split(',', 1)[0]?.trim();
  const scheme = parseScheme(standard.get('proto')) ?? parseScheme(first('x-forwarded-proto'));
  const host = parseHost(standard.get('host')) ?? parseHost(first('x-forwarded-host'));
  const port = parsePort(first('x-forwarded-port'));
  return scheme === undefined && host === undefined && port === undefined ? undefined : { scheme, host, port };
}

/** The address of the client itself, from the same headers: of several the first. Undefined if they name none. */
export function parseForwardedFor(headers: Headers): string | undefined {
  const said =
    parseElements(headerOf(headers, 'forwarded')).get('for') ??
    headerOf(headers, 'x-forwarded-for')?.split(',', 1)[0]?.trim();
  const [, bracketed, plain] = /^(?:\[([^\]]+)\](?::\d+)?|([\d.]+)(?::\d+)?|[\da-f:.]+)$/i.exec(said ?? '') ?? [];
  const address = unmapped(bracketed ?? plain ?? said ?? '');
  return familyOf(address) === undefined ? undefined : address;
}

function headerOf(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && value.length <= LONGEST_HEADER ? value : undefined;
}

/**
 * A parameter and what ends it. Proxies write `host=name:8443` without the quotes that the colon needs, so a colon and
 * brackets are let through; what is no host is refused as one.
 */
const PARAMETER =
  /[ \t]*(?:([!#$%&'*+.^`|~\w-]+)=(?:"((?:[\t \x21\x23-\x5b\x5d-\x7e]|\\[\t\x20-\x7e])*)"|([!#$%&'*+.^`|~\w:[\]-]+))[ \t]*)?([;,]|$)/y;

/** The first value of each parameter; none at all if the header is malformed. */
function parseElements(header: string | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (header === undefined) return found;
  let names = new Set<string>();
  PARAMETER.lastIndex = 0;
  for (;;) {
    const match = PARAMETER.exec(header);
    if (match === null) return new Map();
    const [, given, quoted, token = '', end] = match;
    if (given !== undefined) {
      const name = given.toLowerCase();
      if (names.has(name)) return new Map();
      names.add(name);
      if (!found.has(name)) found.set(name, quoted?.replace(/\\(.)/g, '$1') ?? token);
    }
    if (end === '') return found;
    if (end === ',') names = new Set();
  }
}
