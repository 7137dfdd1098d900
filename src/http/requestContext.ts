import { noteWarning } from '../domain/journal/journal.ts';
import type { Context, RequestContext, Services } from '../operations/operation.ts';
import { type Difference, differences } from '../protocol/differences.ts';
import { dataEndpointLabel } from '../protocol/endpoints.ts';
import type { ServiceError } from '../protocol/errors.ts';
import { type Log, withFacts } from '../runtime/log.ts';
import { type Addresses, addressFor } from './address.ts';
import type { Exchange } from './exchange.ts';
import type { Warnings } from './warnings.ts';

/** What the configuration says about every request. */
export interface Surroundings {
  readonly account: string;
  readonly region: string;
  readonly addresses: Addresses;
  /** Refuse what would fail on AWS instead of warning about it. */
  readonly strict: boolean;
  readonly log: Log;
  readonly warnings: Warnings;
}

/**
 * So many sessions may each have the log say what is wrong with their media: who tries another encoder must see whether
 * it helped. Of a thousand cameras the first few tell enough.
 */
const SESSIONS_IN_FULL = 3;

export type ContextMaker = (exchange: Exchange) => Context;

/** Makes the contexts of requests. */
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

    get strict(): boolean {
      return surroundings.strict;
    }

    differs(difference: Difference, refusal: () => ServiceError): void {
      const text = differences[difference];
      const isNew = this.#note(difference, text);
      if (surroundings.strict) {
        this.#exchange.strict = difference;
        throw refusal();
      }
      if (!isNew) return;
      const what = this.#what();
      surroundings.warnings.count(difference, what, () =>
        this.log.warn(`${what} works here and would not on AWS. ${text}`),
      );
    }

    warn(difference: string, text: string): void {
      if (!this.#note(difference, text)) return;
      const what = this.#what();
      const stream = this.#exchange.entry?.resource;
      const say = () => this.log.warn(`${what}: ${text}`, stream === undefined ? {} : { stream });
      surroundings.warnings.count(difference, what, say, SESSIONS_IN_FULL);
    }

    #note(difference: string, text: string): boolean {
      const { entry } = this.#exchange;
      return entry === undefined || noteWarning(entry, difference, text);
    }

    /** What was asked for, as a person would say it. */
    #what(): string {
      const { entry, request, target } = this.#exchange;
      return entry?.operation ?? `${request.method} ${target.path}`;
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
