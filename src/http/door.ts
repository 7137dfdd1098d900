import { excerpt, serviceError } from '../protocol/errors.ts';
import { renderError } from '../protocol/restJson.ts';
import type { Log } from '../runtime/log.ts';
import { warnOnce } from '../runtime/warnOnce.ts';
import type { Exchange } from './exchange.ts';
import { type GuestRefusal, type GuestRules, type PathKind, pathKind, refusal } from './guests.ts';
import { sendOwnJson, sendWhole } from './heads.ts';

/** So many Host headers are known to be good, so that the rules are asked once for each. */
const MOST_HOSTS = 100;
const LONGEST_HOST = 300;

const TEXTS: Readonly<Record<GuestRefusal['what'], (value: string) => readonly [told: string, hint: string]>> = {
  host: (value) => [
    `${value} is no host name of this emulator.`,
    'If it should be one, start the emulator with --allowed-hosts NAME (KVS_ALLOWED_HOSTS).',
  ],
  origin: (value) => [
    `Pages of the origin ${value} may not call this emulator.`,
    'If they should, start the emulator with --allowed-origins ORIGIN (KVS_ALLOWED_ORIGINS).',
  ],
  site: () => [
    'A page of another site may not call this emulator.',
    'Call it without a browser, or start it with --allowed-origins "*" (KVS_ALLOWED_ORIGINS) to let every page in.',
  ],
};

/** Asks of each request who sends it, before anything else is done with it. */
export class Door {
  #rules: GuestRules;
  #goodHosts = new Set<string>();
  #warn: (key: string, message: string) => void;

  constructor(rules: GuestRules, log: Log) {
    this.#rules = rules;
    this.#warn = warnOnce(log);
  }

  /** Lets a request in, or answers it. */
  admits(exchange: Exchange): boolean {
    const { headers, rawHeaders } = exchange.request;
    const { authority, path } = exchange.target;
    const { host = '', origin, 'sec-fetch-site': site } = headers;
    if (hasTwoHosts(rawHeaders)) {
      const body = JSON.stringify({ message: 'The request has more than one Host header. Send one.' });
      sendWhole(exchange, { status: 400, headers: { 'Content-Type': 'application/json' }, body });
      return false;
    }
    const plain = authority === undefined && origin === undefined && site === undefined;
    if (plain && this.#goodHosts.has(host)) return true;
    const kind = pathKind(path);
    const hosts = authority === undefined ? [host] : [host, authority];
    const refused = refusal({ kind, hosts, origin, site: String(site ?? '') }, this.#rules);
    if (refused !== undefined) {
      this.#turnAway(exchange, kind, refused);
      return false;
    }
    if (plain && host.length <= LONGEST_HOST && this.#goodHosts.size < MOST_HOSTS) this.#goodHosts.add(host);
    if (origin !== undefined) exchange.allowOrigin = kind === 'session' ? '*' : origin;
    return true;
  }

  #turnAway(exchange: Exchange, kind: PathKind, { what, value }: GuestRefusal): void {
    const shown = JSON.stringify(excerpt(value));
    const [error, hint] = TEXTS[what](shown);
    this.#warn(`${what} ${shown}`, `A request was refused. ${error} ${hint}`);
    if (kind === 'admin') sendOwnJson(exchange, 403, { error, hint });
    else sendWhole(exchange, renderError(serviceError('guestRefused', `${error} ${hint}`)));
  }
}

/** Node gives the first of them alone. */
function hasTwoHosts(rawHeaders: readonly string[]): boolean {
  let found = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') found += 1;
  }
  return found > 1;
}
