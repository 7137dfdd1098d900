import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Journal } from '../domain/journal/journal.ts';
import type { Road } from '../operations/enter.ts';
import { BodyReadError, type Operation, type SocketConnection } from '../operations/operation.ts';
import { type Lookup, lookupOf, type SocketLookup, socketLookupOf } from '../operations/road/lookup.ts';
import type { Passage } from '../operations/road/passage.ts';
import type { RequestIds, RequestUse } from '../operations/road/requestIds.ts';
import { senderOf } from '../operations/road/sender.ts';
import { parseTarget, type Target } from '../operations/road/target.ts';
import { serviceError } from '../protocol/errors.ts';
import { renderError } from '../protocol/restJson.ts';
import type { Log } from '../runtime/log.ts';
import type { Room } from '../runtime/room.ts';
import { monotonicNow, wallTimeout } from '../runtime/wall.ts';
import type { TokenAnswer, TokenDesk } from '../tokens/desk.ts';
import type { Addresses } from './address.ts';
import { answer } from './answers.ts';
import { Door } from './door.ts';
import { Exchange, isClosing, type Timeout } from './exchange.ts';
import { type GuestRules, pathKind } from './guests.ts';
import { sendPreflight, sendWhole } from './heads.ts';
import { HttpCall } from './httpCall.ts';
import { PATIENCE, type Patience } from './patience.ts';
import { RequestBody } from './requestBody.ts';
import { lasts, type RequestLog } from './requestLog.ts';
import { connectionOf, openWebSocket, responseOver } from './webSockets.ts';

export interface DispatchParts {
  readonly operations: readonly Operation[];
  readonly road: Pick<Road, 'begin' | 'enter'>;
  readonly room: Room;
  /** Whose a request is that says nothing of it. */
  readonly account: string;
  readonly region: string;
  accountOf?(accessKeyId: string): string | undefined;
  readonly addresses: Addresses;
  readonly guests: GuestRules;
  readonly log: Log;
  /** Real time, unless told otherwise, for what keeps the pieces of an answer apart. */
  readonly timeout?: Timeout;
  readonly requestIds: RequestIds;
  readonly requestLog: RequestLog;
  readonly journal: Pick<Journal, 'changed'>;
  readonly patience?: Partial<Patience>;
  /** Who answers what is asked of the services that hand out tokens. */
  readonly tokens?: TokenDesk | undefined;
  /** Answers what is asked of the emulator itself. */
  readonly otherwise: (exchange: Exchange) => Promise<void>;
}

type OpenSocket = (passage: Passage, open: (connection: SocketConnection) => void) => Promise<void>;

/** Close code of an end that goes away (RFC 6455, 7.4.1). */
const GOING_AWAY = 1001;
const SWITCHING = 101;

/** Takes a request to whoever answers it. Plain, without a framework: these are the paths where time counts. */
export class Dispatcher {
  /** Whether somebody answers upgraded connections at all. */
  readonly hasSockets: boolean;
  #parts: DispatchParts;
  #lookup: Lookup;
  #socketLookup: SocketLookup;
  #door: Door;
  #patience: Patience;
  #unanswered = new Set<Exchange>();
  #current = new WeakMap<object, Exchange>();

  constructor(parts: DispatchParts) {
    this.#parts = parts;
    this.#patience = { ...PATIENCE, ...parts.patience };
    this.#door = new Door(parts.guests, parts.log);
    this.#lookup = lookupOf(parts.operations);
    this.#socketLookup = socketLookupOf(parts.operations);
    this.hasSockets = parts.operations.some(({ kind }) => kind === 'socket');
  }

  handle(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    if (isClosing(request.socket)) {
      request.resume();
      return;
    }
    const target = parseTarget(request.url ?? '/');
    const operation = this.#lookup(request.method, target.path);
    const exchange = this.#open(request, response, { target, operation, expectsContinue });
    this.#settle(exchange, this.#answer(exchange, operation));
  }

  /**
   * Makes a WebSocket of a connection, or answers over HTTP why not; false if nobody speaks it at that path.
   * @param goOn has the connection read as one of HTTP again
   */
  upgrade(request: IncomingMessage, socket: Duplex, head: Uint8Array, goOn: () => void): boolean {
    const target = parseTarget(request.url ?? '/');
    const operation = this.#socketLookup(target);
    if (operation === undefined) return false;
    const response = responseOver(request, socket, goOn);
    const exchange = this.#open(request, response, { target, operation, expectsContinue: false });
    this.#settle(exchange, this.#answerUpgrade(exchange, operation, head));
    return true;
  }

  #settle(exchange: Exchange, answered: Promise<void>): void {
    answered.catch((error: unknown) => {
      this.#parts.log.error('A request could not be answered.', { requestId: exchange.requestId, error });
      exchange.cut();
    });
  }

  #open(
    request: IncomingMessage,
    response: ServerResponse,
    {
      target,
      operation,
      expectsContinue,
    }: { target: Target; operation: Operation | undefined; expectsContinue: boolean },
  ): Exchange {
    const { requestIds, requestLog, timeout = wallTimeout } = this.#parts;
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
    this.#unanswered.add(exchange);
    this.#current.set(request.socket, exchange);
    if (operation !== undefined) {
      exchange.onStreaming = () => {
        this.#note(exchange, false);
        if (lasts(operation)) requestLog.began(exchange, operation);
      };
    }
    exchange.onClosed = () => {
      this.#unanswered.delete(exchange);
      exchange.holding.end();
      exchange.drainOrClose();
      this.#note(exchange, true);
      exchange.passage?.end();
      requestLog.ended(exchange, operation);
      // Node forgets, where it is not let announce it, that nothing more will come from a client that closed its side.
      const isLast = request.socket.readableEnded && this.#current.get(request.socket) === exchange;
      // A duplex operation closes its connection itself.
      if (isLast || (exchange.stopping && exchange.body === undefined)) request.socket.destroySoon();
    };
    return exchange;
  }

  /** The request that a socket is in the middle of, if any. */
  current(socket: object): Exchange | undefined {
    const exchange = this.#current.get(socket);
    return exchange !== undefined && this.#unanswered.has(exchange) ? exchange : undefined;
  }

  /** Brings streams without an end to one. */
  stop(): void {
    for (const exchange of this.#unanswered) exchange.stop();
  }

  async #answer(exchange: Exchange, operation: Operation | undefined): Promise<void> {
    if (!this.#door.admits(exchange)) return;
    if (operation === undefined) {
      if (exchange.request.method === 'OPTIONS') return sendPreflight(exchange);
      if (pathKind(exchange.target.path) === 'admin') return this.#parts.otherwise(exchange);
      const { method, headers } = exchange.request;
      const asked = this.#parts.tokens?.(method, exchange.target, headers['content-type']);
      if (asked !== undefined) return this.#askForToken(exchange, asked);
    }
    if (operation?.kind === 'duplex') {
      const body = new RequestBody(exchange);
      exchange.body = body;
      exchange.onStop(() => body.fail('the emulator is stopping'));
    }
    return this.#goTheRoad(exchange, operation);
  }

  async #askForToken(exchange: Exchange, asked: TokenAnswer): Promise<void> {
    const passage = this.#parts.road.begin(new HttpCall(exchange, this.#parts.addresses), undefined);
    exchange.passage = passage;
    try {
      sendWhole(exchange, await asked(passage));
    } catch (error) {
      if (error instanceof BodyReadError) return;
      passage.log.error('A token could not be given out.', { error });
      sendWhole(exchange, renderError(serviceError('internalFailure')));
    }
  }

  async #answerUpgrade(exchange: Exchange, operation: Operation, head: Uint8Array): Promise<void> {
    if (!this.#door.admits(exchange)) return;
    await this.#goTheRoad(exchange, operation, async (passage, open) => {
      const { request, response, onClosed } = exchange;
      const webSocket = await openWebSocket(request, response, head).catch((error: unknown) => {
        onClosed();
        if (!(error instanceof BodyReadError)) throw error;
      });
      if (webSocket === undefined) return;
      passage.entry.status = SWITCHING;
      exchange.onStop(() => webSocket.close(GOING_AWAY, 'Going away'));
      webSocket.once('close', onClosed);
      exchange.onStreaming();
      open(connectionOf(webSocket, exchange.holding));
    });
  }

  async #goTheRoad(exchange: Exchange, operation: Operation | undefined, open?: OpenSocket): Promise<void> {
    const { road, addresses } = this.#parts;
    const passage = road.begin(new HttpCall(exchange, addresses), operation);
    exchange.passage = passage;
    const outcome = await road.enter(passage);
    if (outcome.kind === 'socket' && open !== undefined) return open(passage, outcome.open);
    return answer(exchange, passage, outcome);
  }

  /** Writes down what is known of a request once its answer has begun, or it is over. */
  #note({ passage, response, startedAt, bytesIn, bytesSent, body }: Exchange, over: boolean): void {
    if (passage === undefined) return;
    const { entry } = passage;
    if (response.headersSent) entry.status = response.statusCode;
    if (over) {
      const ms = Math.round((monotonicNow() - startedAt) * 10) / 10;
      entry.took = { ms, bytesIn: body?.received ?? bytesIn, bytesOut: bytesSent };
    }
    this.#parts.journal.changed(entry);
  }
}

function useOf(operation: Operation | undefined, target: Target, method: string | undefined): RequestUse {
  if (operation?.kind === 'resource') return 'playback';
  return operation === undefined && (pathKind(target.path) === 'admin' || method === 'OPTIONS')
    ? 'emulator'
    : 'service';
}
