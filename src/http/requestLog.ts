import type { Operation, Services } from '../operations/operation.ts';
import { throttledFacts } from '../operations/road/throttling.ts';
import type { ServiceError } from '../protocol/errors.ts';
import type { Facts, Log } from '../runtime/log.ts';
import { monotonicNow } from '../runtime/wall.ts';
import type { Exchange } from './exchange.ts';
import { near } from './near.ts';

/** Of a path that is no operation, which may be as long as its sender likes. */
const LONGEST_PATH = 256;
const LONGEST_REASON = 300;
/** So many sessions are remembered whose end has been told: a player goes on asking. */
const MOST_TOLD = 1000;
/** A session's token, which is what its resources' queries begin with. */
const TOKEN_LENGTH = 170;

const OVER = 'the session has expired, or went with a reset: ask for another URL';

type Named = Pick<Services, 'streams' | 'channels'>;

/** One line for each request, when it is over; two for those that last. */
export class RequestLog {
  readonly #log: Log;
  readonly #services: () => Named | undefined;
  /** The account that goes without saying. */
  readonly #account: string;
  readonly #told = new Set<string>();

  /** @param services that it has something to say of, once they are there */
  constructor(log: Log, services: () => Named | undefined, { account }: { account: string }) {
    this.#log = log;
    this.#services = services;
    this.#account = account;
  }

  began(exchange: Exchange, operation: Operation): void {
    if (this.#log.shows('info')) this.#log.info(`${operation.name} began`, this.#whose(exchange));
  }

  ended(exchange: Exchange, operation: Operation | undefined): void {
    if (!this.#log.shows('info')) return;
    const level = this.#levelOf(exchange, operation);
    if (!this.#log.shows(level)) return;
    const { request, response, target, passage, body, bytesSent } = exchange;
    const { entry, refused } = passage ?? {};
    // A WebSocket's head is not written by node.
    const status = response.headersSent ? response.statusCode : entry?.status;
    const faults = entry?.faults?.join(' ');
    const error = entry?.error ?? (status !== undefined || faults !== undefined ? undefined : 'ClientGone');
    const bytes = body?.received ?? bytesSent;
    const ms = Math.round((monotonicNow() - exchange.startedAt) * 10) / 10;
    const name = operation?.name ?? entry?.operation ?? `${request.method} ${target.path.slice(0, LONGEST_PATH)}`;
    const message = lasts(operation) && refused === undefined ? `${name} ended` : name;
    if (error === undefined && faults === undefined && entry?.names === 'stream' && entry.account === this.#account) {
      // Nearly all lines are of this form, which V8 makes in no time.
      this.#log[level](message, { stream: entry.resource, region: entry.region, status, bytes, ms });
    } else {
      const refusal = refused && this.#refusal(exchange, refused, operation);
      this.#log[level](message, { ...this.#whose(exchange), status, error, bytes, ms, faults, ...refusal });
    }
  }

  /** Tells again what has been told. */
  reset(): void {
    this.#told.clear();
  }

  #whose({ passage }: Exchange): Facts {
    if (passage === undefined) return {};
    const { names, resource, region, account } = passage.entry;
    return { [names]: resource, region, account: account === this.#account ? undefined : account };
  }

  #refusal(exchange: Exchange, refused: ServiceError, operation: Operation | undefined): Facts {
    const why = refused.status === 500 ? undefined : refused.message.slice(0, LONGEST_REASON);
    return {
      why,
      ...(exchange.passage && throttledFacts(exchange.passage.entry)),
      strict: exchange.passage?.strictly,
      near: this.#near(exchange, refused, operation),
    };
  }

  #levelOf(exchange: Exchange, operation: Operation | undefined): 'debug' | 'info' {
    const { target, request } = exchange;
    const refused = exchange.passage?.refused;
    if (operation === undefined)
      return target.path.startsWith('/_kvs') || request.method === 'OPTIONS' ? 'debug' : 'info';
    if (operation.kind !== 'resource') return 'info';
    if (refused === undefined) return 'debug';
    const what = `${target.query.slice(0, TOKEN_LENGTH)} ${refused.code}`;
    if (this.#told.has(what)) return 'debug';
    if (this.#told.size >= MOST_TOLD) this.#told.clear();
    this.#told.add(what);
    return 'info';
  }

  #near({ passage }: Exchange, refused: ServiceError, operation: Operation | undefined): string | undefined {
    if (operation?.kind === 'resource' && refused.status === 403) return OVER;
    if (passage === undefined || refused.code !== 'ResourceNotFoundException') return undefined;
    const services = this.#services();
    return services && near(services, passage.entry);
  }
}

/** PutMedia and GetMedia go on for as long as there is media, WebSockets for as long as there are two ends. */
export const lasts = (operation: Operation | undefined): boolean =>
  operation?.plane === 'media' || operation?.kind === 'socket';
