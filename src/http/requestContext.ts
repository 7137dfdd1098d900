import type { Context, RequestContext, Services } from '../operations/operation.ts';
import { baseUrl } from '../protocol/endpoints.ts';
import { parseSignature } from '../protocol/sigv4/parse.ts';
import type { Facts, Log } from '../runtime/log.ts';
import type { Exchange } from './exchange.ts';

/** What the configuration says about every request. */
export interface Surroundings {
  readonly account: string;
  readonly region: string;
  readonly publicUrl: string | undefined;
  readonly log: Log;
  /** The port listened on, once it is known. */
  port(): number;
}

const ACCOUNT = /^\d{12}$/;
const REGION = /^[a-z0-9-]{1,64}$/;

export type ContextMaker = (exchange: Exchange) => Context;

/**
 * Makes the contexts of requests. The account is the access key if that is 12 digits, the region that of the
 * credential scope. Nothing else of a signature is looked at: any or no credentials will do.
 */
export function contextMaker(services: Services, surroundings: Surroundings): ContextMaker {
  /** Services and what few operations ask for stand on the prototype: a request pays for neither. */
  class RequestScope implements RequestContext {
    readonly now: number;
    readonly requestId: string;
    readonly account: string;
    readonly region: string;
    #exchange: Exchange;
    #log: Log | undefined;

    constructor(exchange: Exchange) {
      const { headers } = exchange.request;
      const scope = parseSignature(headers.authorization, exchange.target.query)?.scope;
      this.now = services.clock.now();
      this.requestId = exchange.requestId;
      this.account = scope !== undefined && ACCOUNT.test(scope.accessKeyId) ? scope.accessKeyId : surroundings.account;
      this.region = scope !== undefined && REGION.test(scope.region) ? scope.region : surroundings.region;
      this.#exchange = exchange;
    }

    get baseUrl(): string {
      const { socket, headers } = this.#exchange.request;
      const arrival = { secure: 'encrypted' in socket, host: headers.host, port: surroundings.port() };
      return baseUrl(arrival, surroundings.publicUrl);
    }

    get log(): Log {
      this.#log ??= withRequest(surroundings.log, this.requestId);
      return this.#log;
    }

    get signal(): AbortSignal {
      return this.#exchange.signal;
    }
  }
  Object.assign(RequestScope.prototype, services);
  return (exchange) => new RequestScope(exchange) as RequestContext as Context;
}

/** The log, with the request's id on every line. */
export function withRequest(log: Log, requestId: string): Log {
  const at = (level: keyof Log) => (message: string, facts?: Facts) => log[level](message, { requestId, ...facts });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
