// Who may call: what each request says of the host it was sent to and of the page that sent it, and the rules that say
// yes or no to that. Nothing here knows of sockets; door.ts asks before anything else is done.
import { BlockList } from 'node:net';
import { holdsName, isHostName, type NameList } from '../runtime/names.ts';
import { ipVersion } from './ipVersion.ts';

/** `admin` is /_kvs, `session` what the token in a session's URL opens, `operation` everything else. */
export type PathKind = 'admin' | 'session' | 'operation';

export interface Guest {
  readonly kind: PathKind;
  /** The Host header, and the authority of the request's target if that has one. */
  readonly hosts: readonly string[];
  readonly origin: string | undefined;
  /** The Sec-Fetch-Site header. */
  readonly site: string | undefined;
}

export interface GuestRules {
  /** This machine's own names. */
  readonly ownNames: readonly string[];
  /** Of the address that the emulator hands out, if one is configured. */
  readonly publicOrigin: string | undefined;
  readonly allowedHosts: NameList;
  readonly allowedOrigins: readonly string[];
}

export interface GuestRefusal {
  readonly what: 'host' | 'origin' | 'site';
  /** What was refused, as it came. */
  readonly value: string;
}

export function pathKind(path: string): PathKind {
  if (path === '/_kvs' || path.startsWith('/_kvs/')) return 'admin';
  return /^\/(hls|dash)\//.test(path) ? 'session' : 'operation';
}

/** Undefined for a guest who is welcome. */
export function refusal(guest: Guest, rules: GuestRules): GuestRefusal | undefined {
  const stranger = guest.hosts.find((host) => !isOurHost(host, rules));
  if (stranger !== undefined) return { what: 'host', value: stranger };
  // The token in the URL is the secret, and players live anywhere.
  if (guest.kind === 'session' || rules.allowedOrigins.includes('*')) return undefined;
  const { origin, site } = guest;
  if (origin === undefined) {
    const crossSite = guest.kind === 'admin' && site?.trim().toLowerCase() === 'cross-site';
    return crossSite ? { what: 'site', value: 'cross-site' } : undefined;
  }
  return isWelcome(origin, guest, rules) ? undefined : { what: 'origin', value: origin };
}

interface Authority {
  readonly name: string;
  /** As text; empty if there is none. */
  readonly port: string;
}

/** The parts of `name:port`, in lower case and without the dot that may end a name. Undefined if it is no such thing. */
function parseAuthority(text: string): Authority | undefined {
  const lower = text.trim().toLowerCase();
  // Not as it should be written, but some clients do.
  if (ipVersion(lower) === 6) return { name: lower, port: '' };
  const [, bracketed, name = '', port = ''] = /^(?:\[([^\]]+)\]|([^:[\]]+?)\.?)(?::(\d{0,5}))?$/.exec(lower) ?? [];
  if (bracketed !== undefined) return ipVersion(bracketed) === 6 ? { name: bracketed, port } : undefined;
  return isHostName(name) ? { name, port } : undefined;
}

/** What no public resolver serves: nobody can make such a name lead here from afar. */
export const PRIVATE_SUFFIXES = ['.localhost', '.local', '.svc', '.internal', '.test', '.lan', '.home.arpa'];
/** Also in the short forms that the resolvers of operating systems take: `127.1`, `0x7f000001`. */
const NUMERIC = /^(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+)){0,3}$/;
const REGION = '[a-z]+(-[a-z]+)+-\\d+';
const AWS = [
  `([a-z0-9_.-]+\\.)?kinesisvideo(-fips)?\\.${REGION}\\.(amazonaws\\.com|amazonaws\\.com\\.cn|api\\.aws)`,
  `sts(\\.${REGION})?\\.amazonaws\\.com`,
  `[a-z0-9_.-]+\\.credentials\\.iot\\.${REGION}\\.amazonaws\\.com`,
].map((name) => new RegExp(`^${name}$`));

function isOurHost(host: string, rules: GuestRules): boolean {
  // Without a host it was no browser that asked.
  if (host === '' || rules.allowedHosts.includes('*')) return true;
  const authority = parseAuthority(host);
  return authority !== undefined && isOurName(authority.name, rules);
}

function isOurName(name: string, { ownNames, publicOrigin, allowedHosts }: GuestRules): boolean {
  return (
    ipVersion(name) !== 0 ||
    NUMERIC.test(name) ||
    !name.includes('.') ||
    PRIVATE_SUFFIXES.some((suffix) => name.endsWith(suffix)) ||
    ownNames.includes(name) ||
    (publicOrigin !== undefined && parseOrigin(publicOrigin)?.name === name) ||
    AWS.some((pattern) => pattern.test(name)) ||
    holdsName(allowedHosts, name, { byName: true })
  );
}

interface Origin extends Authority {
  readonly scheme: string;
}

/** Nothing but scheme, name and port, as browsers send it. */
function parseOrigin(text: string): Origin | undefined {
  const [, scheme = '', rest = ''] = /^(https?):\/\/([^/?#@\s]+)$/.exec(text.toLowerCase()) ?? [];
  const authority = parseAuthority(rest);
  return authority && { scheme, ...authority };
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Of a host name or address. */
export function isLoopback(name: string): boolean {
  const version = ipVersion(name);
  if (version !== 0) return LOOPBACK.check(name, version === 4 ? 'ipv4' : 'ipv6');
  return name === 'localhost' || name.endsWith('.localhost');
}

function isWelcome(text: string, guest: Guest, rules: GuestRules): boolean {
  if (rules.allowedOrigins.includes(text.toLowerCase())) return true;
  const origin = parseOrigin(text);
  if (origin === undefined) return false;
  return isLoopback(origin.name) || (guest.kind === 'admin' && isOwn(origin, guest, rules));
}

/** Of a page that this emulator would have served, be it over http or https. */
function isOwn(origin: Origin, { hosts: [host = ''] }: Guest, rules: GuestRules): boolean {
  const publicOrigin = rules.publicOrigin === undefined ? undefined : parseOrigin(rules.publicOrigin);
  if (publicOrigin !== undefined && isSame(origin, publicOrigin, publicOrigin.scheme)) return true;
  const authority = parseAuthority(host);
  // Where `*` lets every host in, a name proves nothing: the page may have made it lead here itself.
  return authority !== undefined && isOurName(authority.name, rules) && isSame(origin, authority, origin.scheme);
}

const isSame = (origin: Origin, other: Authority, scheme: string): boolean =>
  origin.name === other.name && explicitPort(origin.port, origin.scheme) === explicitPort(other.port, scheme);

const explicitPort = (port: string, scheme: string): string =>
  port === (scheme === 'https' ? '443' : '80') ? '' : port;
