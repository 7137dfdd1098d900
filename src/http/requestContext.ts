import type { Context, RequestContext, Services } from '../operations/operation.ts';
import { type Difference, differences } from '../protocol/differences.ts';
import { dataEndpointLabel } from '../protocol/endpoints.ts';
import type { ServiceError } from '../protocol/errors.ts';
import { type Log, withFacts } from '../runtime/log.ts';
import { type Addresses, addressFor } from './address.ts';
import type { Exchange } from './exchange.ts';

/** What the configuration says about every request. */
export interface Surroundings {
  readonly account: string;
  readonly region: string;
  readonly addresses: Addresses;
  /** Refuse what would fail on AWS instead of warning about it. */
  readonly strict: boolean;
  readonly log: Log;
  /** What has been warned of. */
  readonly warned: Set<string>;
}

/** So many different warnings are remembered, so that each is logged once and a loop does not flood the log. */
const MOST_WARNINGS = 1000;

export type ContextMaker = (exchange: Exchange) => Context;

/** Makes the contexts of requests. */
export function contextMaker(services: Services, surroundings: Surroundings): ContextMaker {
  const { warned } = surroundings;
  /** Services and what few operations ask for stand on the prototype: a request pays for neither. */
  class RequestScope implements RequestContext {
    readonly now: number;
    readonly requestId: string;
    readonly account: string;
    readonly region: string;
    #exchange: Exchange;
    #log: Log | undefined;

    constructor(exchange: Exchange) {
      this.now = services.clock.now();
      this.requestId = exchange.requestId;
      this.account = exchange.sender.account;
      this.region = exchange.sender.region;
      this.#exchange = exchange;
    }

    get baseUrl(): string {
      return addressFor(this.#exchange.request, this.#exchange.target, surroundings.addresses);
    }

    get endpoint(): string | undefined {
      return this.#exchange.target.endpoint;
    }

    dataEndpoint(plane: 'media' | 'archived', streamArn: string): string {
      return surroundings.strict ? `${this.baseUrl}/${dataEndpointLabel(plane, streamArn)}` : this.baseUrl;
    }

    differs(difference: Difference, refusal: () => ServiceError): void {
      const { entry } = this.#exchange;
      entry?.warnings.push(`${difference}: ${differences[difference]}`);
      if (surroundings.strict) {
        this.#exchange.strict = difference;
        throw refusal();
      }
      const key = `${difference} ${entry?.operation ?? entry?.path} ${entry?.resource}`;
      if (warned.has(key)) return;
      if (warned.size >= MOST_WARNINGS) warned.clear();
      warned.add(key);
      this.log.warn(
        `${entry?.operation ?? `${entry?.method} ${entry?.path}`} works here and would not on AWS. ${differences[difference]}`,
      );
    }

    get log(): Log {
      this.#log ??= withFacts(surroundings.log, { requestId: this.requestId });
      return this.#log;
    }

    get signal(): AbortSignal {
      return this.#exchange.signal;
    }

    timeIsOver(): void {
      this.#exchange.timeIsOver();
    }
  }
  Object.assign(RequestScope.prototype, services);
  return (exchange) => new RequestScope(exchange) as RequestContext as Context;
}
