import type { IncomingMessage } from 'node:http';
import { parseTarget } from '../operations/road/target.ts';
import type { Dispatcher } from './dispatch.ts';
import type { Exchange } from './exchange.ts';
import { pathKind } from './guests.ts';

/**
 * Where requests come to first. While the service is being loaded, what is asked of the emulator itself goes to whoever can
 * say that it is there; all else waits, its body unread, and goes on in the order in which it came.
 */
export class Lobby {
  readonly #early: Dispatcher | undefined;
  #dispatcher: Dispatcher | undefined;
  #waiting: { readonly request: IncomingMessage; readonly goOn: (dispatcher: Dispatcher) => void }[] = [];
  readonly #called: () => void;

  /**
   * @param early answers until there is another
   * @param called somebody waits
   */
  constructor(early?: Dispatcher, called: () => void = () => undefined) {
    this.#early = early;
    this.#called = called;
  }

  /** There it is: whoever waits goes on, and nobody waits any more. */
  open(dispatcher: Dispatcher): void {
    this.#dispatcher = dispatcher;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { request, goOn } of waiting) if (!request.socket.destroyed) goOn(dispatcher);
  }

  /** Has a request go on, now or when there is somebody who can answer it. */
  enter(request: IncomingMessage, goOn: (dispatcher: Dispatcher) => void): void {
    const dispatcher = this.#dispatcher ?? (isOwn(request) ? this.#early : undefined);
    if (dispatcher !== undefined) {
      goOn(dispatcher);
      return;
    }
    // Node has left one that asks for another protocol to us, and it may break while it waits.
    request.socket.on('error', () => undefined);
    this.#waiting.push({ request, goOn });
    this.#called();
  }

  /** The request that a socket is in the middle of, if any. */
  current(socket: object): Exchange | undefined {
    return this.#dispatcher?.current(socket) ?? this.#early?.current(socket);
  }

  /** Brings streams without an end to one; who still waits is not answered. */
  stop(): void {
    for (const { request } of this.#waiting) request.socket.destroy();
    this.#waiting = [];
    this.#early?.stop();
    this.#dispatcher?.stop();
  }
}

const isOwn = ({ url = '/' }: IncomingMessage): boolean => pathKind(parseTarget(url).path) === 'admin';
