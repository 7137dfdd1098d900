import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { RequestIds } from '../operations/road/requestIds.ts';
import { inTurn } from '../runtime/inTurn.ts';
import type { Log } from '../runtime/log.ts';
import { wallTimeout } from '../runtime/wall.ts';
import type { Dispatcher } from './dispatch.ts';
import { byFirstByte } from './firstByte.ts';
import { unreadable } from './heads.ts';
import type { Lobby } from './lobby.ts';
import { PATIENCE, type Patience } from './patience.ts';
import { CLIENT_GONE } from './requestBody.ts';
import type { Certificates, TlsAcceptor } from './tlsAcceptor.ts';
import { asksForWebSocket, withoutWish } from './webSockets.ts';

export interface ServerParts {
  readonly lobby: Lobby;
  readonly certificates: Certificates;
  readonly log: Log;
  readonly requestIds: RequestIds;
  readonly patience?: Partial<Patience>;
}

/** How long open answers may take to end when the emulator stops. Milliseconds. */
const STOP_GRACE_MS = 500;

const REASONS: Readonly<Record<string, readonly [status: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The head of the request is too long.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The head of the request took too long.'],
};

/** What the parser says of bytes, unlike what the system says of a connection, and the end of one in the middle of a body. */
const isBrokenFraming = ({ code }: NodeJS.ErrnoException): boolean =>
  code !== 'HPE_INVALID_EOF_STATE' && code?.startsWith('HPE_') === true;

/** So much of a body is read before anybody wants it. Bytes. */
const UNWANTED = 65_536;

/**
 * What is good for writing would let a body that is held back take a megabyte for each connection. Leans on node: there is
 * one option for both ways, and a request takes this from its socket, since 9. Test: wire/fullMemory, 'a body that nobody reads'.
 */
function readNoFurther(socket: Socket): void {
  const { _readableState: state } = socket as unknown as { _readableState?: { highWaterMark: number } };
  if (state !== undefined) state.highWaterMark = UNWANTED;
}

/** One port for HTTP/1.1, plain and over TLS. */
export class HttpServer {
  #server: Server;
  #lobby: Lobby;
  #parts: ServerParts;
  #sockets = new Set<Socket>();
  /** Those that have not sent a byte. */
  #undecided = new Set<Socket>();
  /** Those that were to be WebSockets, were refused, and go on. */
  #handedBack = new Set<Duplex>();
  #doomed = new WeakSet<Duplex>();
  #port = 0;
  /** Has node's parser read a connection. */
  #accept: (socket: Duplex) => void = () => undefined;

  constructor(parts: ServerParts) {
    const headersTimeout = parts.patience?.headMs ?? PATIENCE.headMs;
    const { lobby } = parts;
    const server = createServer({
      // An upload may take 45 minutes and pause for 30 seconds; node would cut it after five minutes.
      requestTimeout: 0,
      headersTimeout,
      connectionsCheckingInterval: Math.min(headersTimeout, 30_000),
      // Longer than the pools of the SDKs keep an idle connection, so that they and not we close it.
      keepAliveTimeout: 65_000,
      requireHostHeader: false,
      noDelay: true,
      // A reader of the archive gets this much in one write, and one that does not read holds no more than this.
      highWaterMark: 1024 * 1024,
    });
    // A client may close its side and still wait for the answer. Leans on node: not in its types, but read by its server since
    // 0.5, and in 20 to 24. Test: wire/json, 'answers a client that has closed its own side'.
    Object.assign(server, { httpAllowHalfOpen: true });
    const take = (expectsContinue: boolean) => (request: IncomingMessage, response: ServerResponse) =>
      lobby.enter(request, (dispatcher) => dispatcher.handle(request, response, expectsContinue));
    server.on('request', take(false));
    server.on('checkContinue', take(true));
    server.on('checkExpectation', take(false));
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.#onUnreadable(error, socket));
    server.on('upgrade', (request, socket, head) =>
      lobby.enter(request, (dispatcher) => this.#upgrade(dispatcher, request, socket, head)),
    );
    server.on('connect', (_request, socket) => this.#refuse(socket, '400 Bad Request', 'This is no proxy.'));
    this.#server = server;
    this.#lobby = lobby;
    this.#parts = parts;
    this.#peek(headersTimeout);
  }

  /** The port it listens on; 0 before it does. */
  get port(): number {
    return this.#port;
  }

  /** Resolves to where it listens; rejects if it cannot. */
  listen(port: number, host: string): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        // One connection that cannot be accepted (too many open files) must not end all others.
        this.#server.on('error', (error) => this.#parts.log.error('A connection could not be accepted.', { error }));
        const address = this.#server.address() as AddressInfo;
        this.#port = address.port;
        resolve(address);
      });
    });
  }

  /** Takes no more connections, brings open streams to their end, and cuts what has not ended after a moment. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = wallTimeout(() => this.#cutAll(), STOP_GRACE_MS);
      this.#server.close(() => {
        cancel();
        resolve();
      });
      this.#lobby.stop();
      for (const socket of this.#undecided) socket.destroy();
      for (const socket of this.#handedBack) if (this.#lobby.current(socket) === undefined) socket.destroy();
    });
  }

  #upgrade(dispatcher: Dispatcher, request: IncomingMessage, socket: Duplex, head: Uint8Array): void {
    const goOn = (first: Uint8Array): void => {
      socket.unshift(first);
      this.#accept(socket);
    };
    const refused = (): void => {
      // To node's parser it looks like one whose first request is still to come.
      this.#handedBack.add(socket);
      socket.once('close', () => this.#handedBack.delete(socket));
      goOn(head);
    };
    if (asksForWebSocket(request) && dispatcher.upgrade(request, socket, head, refused)) return;
    goOn(withoutWish(request, head));
  }

  #cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /**
   * Puts the look at the first byte before node's own listener, which then gets the socket as if it were new. Leans on node:
   * its server is the first listener for its own connections, since 0.1; there is no other way to one port for both. Test:
   * wire/connection, 'is served beside plain HTTP at the same time'.
   */
  #peek(timeoutMs: number): void {
    const server = this.#server;
    const [accept] = server.listeners('connection') as ((this: Server, socket: Duplex) => void)[];
    if (accept === undefined) throw new TypeError('node:http has no connection listener.');
    server.removeAllListeners('connection');
    this.#accept = (socket) => accept.call(server, socket);
    const { certificates, log } = this.#parts;
    let acceptor: Promise<TlsAcceptor> | undefined;
    const secure = (): Promise<TlsAcceptor> => {
      acceptor ??= inTurn(() => import('./tlsAcceptor.ts')).then(
        ({ TlsAcceptor: Acceptor }) => new Acceptor(certificates, { log, handshakeMs: timeoutMs }, this.#accept),
      );
      return acceptor;
    };
    const decided = (take: (socket: Socket) => void) => (socket: Socket) => {
      this.#undecided.delete(socket);
      take(socket);
    };
    const ways = {
      plain: decided((socket) => this.#accept(socket)),
      tls: decided((socket) => {
        socket.on('error', () => socket.destroy());
        void secure().then((tls) => tls.accept(socket));
      }),
    };
    server.on('connection', (socket) => {
      readNoFurther(socket);
      this.#sockets.add(socket);
      this.#undecided.add(socket);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        this.#undecided.delete(socket);
      });
      byFirstByte(socket, ways, timeoutMs);
    });
  }

  /** What came was no HTTP, or its framing broke. Called again for whatever else a broken connection sends. */
  #onUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
    const exchange = this.#lobby.current(socket);
    if (exchange?.body !== undefined && !exchange.request.complete) {
      if (isBrokenFraming(error)) exchange.body.fail(`the framing of the body broke: ${error.message}`);
      else exchange.body.fail(CLIENT_GONE);
    } else if (exchange?.request.complete === true || exchange?.response.headersSent === true) {
      // An answer is under way; it is the last one. What else comes is as unreadable, and must not be counted.
      if (this.#doomed.has(socket)) return;
      this.#doomed.add(socket);
      exchange.response.once('close', () => socket.destroy());
    } else if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy();
    } else {
      this.#parts.log.debug('A request could not be read.', { reason: error.message });
      const [status, message] = REASONS[error.code ?? ''] ?? [
        '400 Bad Request',
        `This is not HTTP/1.1: ${error.message}`,
      ];
      this.#refuse(socket, status, message);
    }
  }

  #refuse(socket: Duplex, status: string, message: string): void {
    const close = (): void => {
      socket.destroy();
    };
    socket.on('error', close);
    socket.end(unreadable(status, this.#parts.requestIds.next('unreadable'), message), close);
  }
}
