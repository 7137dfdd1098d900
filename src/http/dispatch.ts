import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Journal } from '../domain/journal/journal.ts';
import type { Context, Operation, Services } from '../operations/operation.ts';
import { wallTimeout } from '../runtime/wall.ts';
import { answerBytes, answerDuplex, answerJson, answerResource, refuse } from './answers.ts';
import { checkCaller } from './checkCaller.ts';
import { Door } from './door.ts';
import { Exchange, isClosing, type Timeout } from './exchange.ts';
import { type GuestRules, pathKind } from './guests.ts';
import { sendPreflight } from './heads.ts';
import { PATIENCE, type Patience } from './patience.ts';
import { type ContextMaker, contextMaker, type Surroundings } from './requestContext.ts';
import type { RequestIds, RequestUse } from './requestIds.ts';
import { lasts, type RequestLog } from './requestLog.ts';
import { senderOf } from './sender.ts';
import { parseTarget, type Target } from './target.ts';
import { answerUnknown } from './unknownOperation.ts';

export interface DispatchParts {
  readonly operations: readonly Operation[];
  readonly services: Services;
  readonly surroundings: Surroundings;
  readonly guests: GuestRules;
  readonly journal: Journal;
  /** Real time, unless told otherwise, for what keeps the pieces of an answer apart. */
  readonly timeout?: Timeout;
  readonly requestIds: RequestIds;
  readonly requestLog: RequestLog;
  readonly patience?: Partial<Patience>;
  /** Answers what is asked of the emulator itself. */
  readonly otherwise: (exchange: Exchange) => Promise<void>;
}

/** Of a path that is noted. */
const LONGEST_PATH = 256;

/** Takes a request to whoever answers it. Plain, without a framework: these are the paths where time counts. */
export class Dispatcher {
  #parts: DispatchParts;
  #byPath: ReadonlyMap<string, Operation>;
  #resources: ReadonlyMap<string, Operation>;
  #makeContext: ContextMaker;
  #door: Door;
  #patience: Patience;
  #open = new Set<Exchange>();
  #current = new WeakMap<object, Exchange>();

  constructor(parts: DispatchParts) {
    this.#parts = parts;
    this.#makeContext = contextMaker(parts.services, parts.surroundings);
    this.#patience = { ...PATIENCE, ...parts.patience };
    this.#door = new Door(parts.guests, parts.surroundings.log);
    const byPath = (operations: readonly Operation[]) => new Map(operations.map((one) => [one.path as string, one]));
    this.#byPath = byPath(parts.operations.filter(({ kind }) => kind !== 'resource'));
    this.#resources = byPath(parts.operations.filter(({ kind }) => kind === 'resource'));
  }

  handle(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    if (isClosing(request.socket)) {
      request.resume();
      return;
    }
    const { requestIds, requestLog, surroundings, timeout = wallTimeout } = this.#parts;
    const target = parseTarget(request.url ?? '/');
    const operation = this.#operationsFor(request.method)?.get(target.path);
    const sender = senderOf(request, target.query, surroundings);
    const requestId = requestIds.next(useOf(operation, target, request.method), sender.account, sender.region);
    const { room } = this.#parts.services;
    const head = {
      target,
      sender,
      requestId,
      expectsContinue,
      timeout,
      patience: this.#patience,
      holding: room.hold(),
    };
    const exchange = new Exchange(request, response, head);
    this.#open.add(exchange);
    this.#current.set(request.socket, exchange);
    if (operation !== undefined && lasts(operation)) exchange.onStreaming = () => requestLog.began(exchange, operation);
    exchange.onClosed = () => {
      this.#open.delete(exchange);
      exchange.holding.end();
      exchange.drainOrClose();
      if (exchange.entry !== undefined && response.headersSent) exchange.entry.status = response.statusCode;
      requestLog.ended(exchange, operation);
      // Node forgets, where it is not let announce it, that nothing more will come from a client that closed its side.
      const isLast = request.socket.readableEnded && this.#current.get(request.socket) === exchange;
      // A duplex operation closes its connection itself.
      if (isLast || (exchange.stopping && exchange.body === undefined)) request.socket.destroySoon();
    };
    this.#answer(exchange, operation).catch((error: unknown) => {
      surroundings.log.error('A request could not be answered.', { requestId: exchange.requestId, error });
      exchange.cut();
    });
  }

  #note(exchange: Exchange, { now, account, region, requestId }: Context, operation: string | undefined): void {
    const { request, target } = exchange;
    exchange.entry = {
      requestId,
      time: now,
      method: request.method ?? '',
      path: target.path.slice(0, LONGEST_PATH),
      account,
      region,
      operation,
      resource: undefined,
      status: undefined,
      error: undefined,
      warnings: [],
      acks: [],
    };
    this.#parts.journal.add(exchange.entry);
  }

  /** The request that a socket is in the middle of, if any. */
  current(socket: object): Exchange | undefined {
    const exchange = this.#current.get(socket);
    return exchange !== undefined && this.#open.has(exchange) ? exchange : undefined;
  }

  /** Brings streams without an end to one. */
  stop(): void {
    for (const exchange of this.#open) exchange.stop();
  }

  async #answer(exchange: Exchange, operation: Operation | undefined): Promise<void> {
    if (!this.#door.admits(exchange)) return;
    if (operation === undefined) {
      if (exchange.request.method === 'OPTIONS') return sendPreflight(exchange);
      if (pathKind(exchange.target.path) === 'admin') return this.#parts.otherwise(exchange);
      const context = this.#makeContext(exchange);
      this.#note(exchange, context, undefined);
      return answerUnknown(exchange, context);
    }
    const context = this.#makeContext(exchange);
    this.#note(exchange, context, operation.name);
    try {
      // The token of a session is all that its resources ask for.
      if (operation.kind !== 'resource') checkCaller(exchange, operation, context);
    } catch (error) {
      return refuse(exchange, context, operation.name, error);
    }
    switch (operation.kind) {
      case 'json':
        return answerJson(operation, exchange, context);
      case 'bytes':
        return answerBytes(operation, exchange, context);
      case 'duplex':
        return answerDuplex(operation, exchange, context);
      case 'resource':
        return answerResource(operation, exchange, context);
      default: {
        const never: never = operation;
        throw new TypeError(`No such kind of operation: ${String(never)}`);
      }
    }
  }

  #operationsFor(method: string | undefined): ReadonlyMap<string, Operation> | undefined {
    if (method === 'POST') return this.#byPath;
    return method === 'GET' || method === 'HEAD' ? this.#resources : undefined;
  }
}

function useOf(operation: Operation | undefined, target: Target, method: string | undefined): RequestUse {
  if (operation?.kind === 'resource') return 'playback';
  return operation === undefined && (pathKind(target.path) === 'admin' || method === 'OPTIONS')
    ? 'emulator'
    : 'service';
}
