import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Exchange } from './exchange.ts';
import { sendOwnJson } from './heads.ts';

/** Whoever waits until the emulator is ready, or has to trust it first, has no token yet. */
const FREE: ReadonlySet<string> = new Set(['/_kvs/health', '/_kvs/ca.pem']);
/** Where pages show theirs. */
const SESSION = '/_kvs/session';
/** Pages cannot say a header there. */
const EVENTS = '/_kvs/events';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Asks of whoever uses the emulator's own API for the admin token, if there is one. */
export class AdminGuard {
  readonly #token: string | undefined;
  constructor(token: string | undefined) {
    this.#token = token;
  }

  /** What pages are given for it. It can be made of the token, and the token not of it. */
  get #pass(): string {
    return createHmac('sha256', this.#token ?? '')
      .update('kvs-emulator session')
      .digest('base64url');
  }

  /** Lets a request in, or answers it. */
  admits(exchange: Exchange): boolean {
    const { request, target } = exchange;
    const parameter = target.path === EVENTS ? takeToken(exchange) : undefined;
    const isFree = FREE.has(target.path) || (target.path === SESSION && request.method === 'POST');
    if (isFree || this.#token === undefined) return true;
    const given = bearerOf(request.headers.authorization) ?? parameter;
    const pass = given === undefined ? cookieOf(request.headers.cookie, nameOf(exchange)) : undefined;
    if (given === undefined ? isSame(pass ?? '', this.#pass) : this.isToken(given)) return true;
    const error = given === undefined ? 'This emulator asks for its admin token.' : 'That is not the admin token.';
    const hint = 'Send Authorization: Bearer TOKEN; commands take it with --admin-token (KVS_ADMIN_TOKEN).';
    sendOwnJson(exchange, 401, { error, hint }, { 'WWW-Authenticate': 'Bearer' });
    return false;
  }

  /** Whatever is said is, where none is asked for. */
  isToken(text: string): boolean {
    return this.#token === undefined || isSame(text, this.#token);
  }

  /** The cookie that lets a page in from now on. */
  cookie(exchange: Exchange): string {
    const secure = 'encrypted' in exchange.request.socket ? '; Secure' : '';
    return `${nameOf(exchange)}=${this.#pass}; Path=/_kvs; HttpOnly; SameSite=Strict${secure}`;
  }
}

/** In a time that says nothing of where they differ, or how long they are. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

/** Browsers keep cookies by host alone: emulators at other ports have their own. */
const nameOf = ({ request }: Exchange): string => `kvs-emulator-${request.socket.localPort ?? 0}`;

const bearerOf = (header: string | undefined): string | undefined => /^bearer +(\S+) *$/i.exec(header ?? '')?.[1];

const cookieOf = (header: string | undefined, name: string): string | undefined =>
  header
    ?.split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);

/** The token of the query, which is no parameter of the route. */
function takeToken(exchange: Exchange): string | undefined {
  const { target } = exchange;
  if (!target.query.includes('token=')) return undefined;
  const parameters = new URLSearchParams(target.query);
  const token = parameters.get('token') ?? undefined;
  parameters.delete('token');
  exchange.target = { ...target, query: parameters.toString() };
  return token;
}
