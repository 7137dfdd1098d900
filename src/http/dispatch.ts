import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Road } from '../operations/enter.ts';
import type { Operation } from '../operations/operation.ts';
import type { RequestIds, RequestUse } from '../operations/road/requestIds.ts';
import { senderOf } from '../operations/road/sender.ts';
import { parseTarget, type Target } from '../operations/road/target.ts';
import type { Log } from '../runtime/log.ts';
import type { Room } from '../runtime/room.ts';
import { wallTimeout } from '../runtime/wall.ts';
import type { Addresses } from './address.ts';
import { answer } from './answers.ts';
import { Door } from './door.ts';
import { Exchange, isClosing, type Timeout } from './exchange.ts';
import { type GuestRules, pathKind } from './guests.ts';
import { sendPreflight } from './heads.ts';
import { HttpCall } from './httpCall.ts';
import { PATIENCE, type Patience } from './patience.ts';
import { RequestBody } from './requestBody.ts';
import { lasts, type RequestLog } from './requestLog.ts';

export interface DispatchParts {
  readonly operations: readonly Operation[];
  readonly road: Road;
  readonly room: Room;
  /** Whose a request is that says nothing of it. */
  readonly account: string;
  readonly region: string;
  readonly addresses: Addresses;
  readonly guests: GuestRules;
  readonly log: Log;
  /** Real time, unless told otherwise, for what keeps the pieces of an answer apart. */
  readonly timeout?: Timeout;
  readonly requestIds: RequestIds;
  readonly requestLog: RequestLog;
  readonly patience?: Partial<Patience>;
  /** Answers what is asked of the emulator itself. */
  readonly otherwise: (exchange: Exchange) => Promise<void>;
}

/** Takes a request to whoever answers it. Plain, without a framework: these are the paths where time counts. */
export class Dispatcher {
  #parts: DispatchParts;
  #byPath: ReadonlyMap<string, Operation>;
  #resources: ReadonlyMap<string, Operation>;
  #door: Door;
  #patience: Patience;
  #open = new Set<Exchange>();
  #current = new WeakMap<object, Exchange>();

  constructor(parts: DispatchParts) {
    this.#parts = parts;
    this.#patience = { ...PATIENCE, ...parts.patience };
    this.#door = new Door(parts.guests, parts.log);
    const byPath = (operations: readonly Operation[]) => new Map(operations.map((one) => [one.path as string, one]));
    this.#byPath = byPath(parts.operations.filter(({ kind }) => kind !== 'resource' && kind !== 'socket'));
    this.#resources = byPath(parts.operations.filter(({ kind }) => kind === 'resource'));
  }

  handle(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    if (isClosing(request.socket)) {
      request.resume();
      return;
    }
    const { requestIds, requestLog, timeout = wallTimeout } = this.#parts;
    const target = parseTarget(request.url ?? '/');
    const operation = this.#operationsFor(request.method)?.get(target.path);
    const sender = senderOf(request.headers, target.query, this.#parts);
    const requestId = requestIds.next(useOf(operation, target, request.method), sender.account, sender.region);
    const head = {
      target,
      sender,
      requestId,
      expectsContinue,
      timeout,
      patience: this.#patience,
      holding: this.#parts.room.hold(),
    };
    const exchange = new Exchange(request, response, head);
    this.#open.add(exchange);
    this.#current.set(request.socket, exchange);
    if (operation !== undefined && lasts(operation)) exchange.onStreaming = () => requestLog.began(exchange, operation);
    exchange.onClosed = () => {
      this.#open.delete(exchange);
      exchange.holding.end();
      exchange.drainOrClose();
      const { passage } = exchange;
      if (passage !== undefined && response.headersSent) passage.entry.status = response.statusCode;
      passage?.end();
      requestLog.ended(exchange, operation);
      // Node forgets, where it is not let announce it, that nothing more will come from a client that closed its side.
      const isLast = request.socket.readableEnded && this.#current.get(request.socket) === exchange;
      // A duplex operation closes its connection itself.
      if (isLast || (exchange.stopping && exchange.body === undefined)) request.socket.destroySoon();
    };
    this.#answer(exchange, operation).catch((error: unknown) => {
      this.#parts.log.error('A request could not be answered.', { requestId: exchange.requestId, error });
      exchange.cut();
    });
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
    }
    if (operation?.kind === 'duplex') {
      const body = new RequestBody(exchange);
      exchange.body = body;
      exchange.onStop(() => body.fail('the emulator is stopping'));
    }
    const { road, addresses } = this.#parts;
    const passage = road.begin(new HttpCall(exchange, addresses), operation);
    exchange.passage = passage;
    const outcome = await road.enter(passage);
    return answer(exchange, passage, outcome);
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
