import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { hearLastWords } from './lastWords.ts';

/** As much of the response as may wait to be read before the service is held back. */
const WAITING_LIMIT = 65_536;
/** Servers that do not know `Expect: 100-continue` get the body after this while, as curl does it. */
const EXPECT_TIMEOUT_MS = 1000;
const KEEP_ALIVE_MS = 15_000;
const IDLE_TIMEOUT_MS = 60_000;

export interface DuplexCallOptions {
  /** For how many milliseconds nothing may move while it is the service's turn; 0 for ever. Default 60,000. */
  readonly idleTimeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The request has `Expect: 100-continue`: the body waits until the service asks for it. */
  readonly expects?: boolean;
}

/** The connection, not the caller, is why an exchange ended. `cause` is what the system said. */
export class Broken extends Error {
  constructor(cause: unknown) {
    super('the connection broke', { cause });
  }
}

/**
 * A request whose body is sent while its response is read. Holds one chunk of the body and WAITING_LIMIT of the response
 * at a time: either side waits for the other.
 */
export class DuplexCall {
  /** The response's head. Rejects with what came instead. */
  readonly head: Promise<IncomingMessage>;
  /** All of the body has been handed over. */
  sent = false;
  readonly #request: ClientRequest;
  readonly #body: AsyncIterable<Uint8Array>;
  readonly #idleTimeoutMs: number;
  readonly #signal: AbortSignal | undefined;
  readonly #abort = (): void => this.fail(this.#signal?.reason);
  #iterator: AsyncIterator<Uint8Array> | undefined;
  #response: IncomingMessage | undefined;
  #failure: { readonly error: unknown } | undefined;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #ended = false;
  #sending: 'notYet' | 'pulling' | 'writing' | 'over' = 'notYet';
  #wakeReader: () => void = () => undefined;
  #wakeWriter: () => void = () => undefined;

  constructor(request: ClientRequest, body: AsyncIterable<Uint8Array>, options: DuplexCallOptions = {}) {
    this.#request = request;
    this.#body = body;
    this.#idleTimeoutMs = options.idleTimeoutMs ?? IDLE_TIMEOUT_MS;
    this.#signal = options.signal;
    this.head = new Promise((resolve, reject) => {
      const broken = (error: unknown): void => {
        this.fail(new Broken(error));
        reject(this.#failure?.error);
      };
      request.on('error', broken);
      request.once('close', () => {
        // All of the answer may have come, and wait here to be read.
        if (this.#response?.complete !== true) broken(new Error('the connection was closed'));
      });
      request.once('response', (response) => {
        this.#read(response);
        resolve(response);
      });
    });
    this.head.catch(() => undefined);
    request.once('continue', () => this.#start());
    request.once('socket', (socket) => this.#watch(socket));
    this.#signal?.addEventListener('abort', this.#abort, { once: true });
    request.flushHeaders();
    if (this.#signal?.aborted) this.#abort();
    else if (!options.expects) this.#start();
  }

  /** The response's body as it comes in. Throws what broke it off. */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const chunk = this.#waiting.shift();
      if (chunk !== undefined) {
        this.#waitingBytes -= chunk.byteLength;
        yield chunk;
      } else if (this.#ended) return;
      else if (this.#failure !== undefined) throw this.#failure.error;
      else {
        const more = new Promise<void>((resolve) => {
          this.#wakeReader = resolve;
        });
        this.#response?.resume();
        await more;
      }
    }
  }

  /** Sends nothing more and lets go of the body, if it was begun. The response may still be read. */
  stop(): void {
    const before = this.#sending;
    this.#sending = 'over';
    this.#wakeWriter();
    if (before === 'notYet' || before === 'over') return;
    const body = this.#body as Partial<{ destroy(): void }>;
    // A stream that waits for data would hear of return() only once there are some.
    if (typeof body.destroy === 'function') body.destroy();
    else this.#iterator?.return?.().catch(() => undefined);
  }

  /** Breaks everything off; who waits for the response gets `error`. The first failure is the one that counts. */
  fail(error: unknown): void {
    if (this.#ended) return;
    this.#failure ??= { error };
    this.close();
    this.#wakeReader();
  }

  close(): void {
    this.#signal?.removeEventListener('abort', this.#abort);
    this.stop();
    this.#request.destroy();
  }

  #watch(socket: Socket): void {
    hearLastWords(socket);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    // A socket's time-out is the network's own deadline: it starts again with every byte, in either direction.
    socket.setTimeout(this.#idleTimeoutMs);
    socket.once('connect', () => {
      if (this.#sending === 'notYet') socket.setTimeout(EXPECT_TIMEOUT_MS);
    });
    socket.on('timeout', () => {
      socket.setTimeout(this.#idleTimeoutMs);
      if (socket.connecting) this.fail(new Broken(new Error(`no connection within ${this.#idleTimeoutMs} ms`)));
      else if (this.#sending === 'notYet') this.#start();
      else if (this.#sending !== 'pulling' && this.#waitingBytes < WAITING_LIMIT)
        this.fail(new Broken(new Error(`nothing moved for ${this.#idleTimeoutMs} ms`)));
    });
  }

  #read(response: IncomingMessage): void {
    this.#response = response;
    response.on('data', (chunk: Uint8Array) => {
      this.#waiting.push(chunk);
      this.#waitingBytes += chunk.byteLength;
      if (this.#waitingBytes >= WAITING_LIMIT) response.pause();
      this.#wakeReader();
    });
    response.on('end', () => {
      this.#ended = true;
      this.#wakeReader();
    });
    response.on('error', (error) => this.fail(new Broken(error)));
    if (response.statusCode === 200) this.#start();
    else this.stop();
  }

  #start(): void {
    if (this.#sending !== 'notYet') return;
    this.#sending = 'pulling';
    this.#request.socket?.setTimeout(this.#idleTimeoutMs);
    this.#send().catch((error) => {
      if (!this.#isOver()) this.fail(error);
    });
  }

  async #send(): Promise<void> {
    const iterator = this.#body[Symbol.asyncIterator]();
    this.#iterator = iterator;
    for (;;) {
      this.#sending = 'pulling';
      const { done, value } = await iterator.next();
      if (this.#isOver()) return;
      if (done) break;
      if (!(value instanceof Uint8Array)) throw new TypeError('the body must consist of Uint8Arrays');
      this.#sending = 'writing';
      // Resolved when the system has taken the chunk, or by stop().
      await new Promise<void>((resolve) => {
        this.#wakeWriter = resolve;
        this.#request.write(value, () => resolve());
      });
      if (this.#isOver()) return;
    }
    this.#sending = 'over';
    this.sent = true;
    this.#request.end();
  }

  /** A method: the compiler would otherwise think that nothing can have changed while we waited. */
  #isOver(): boolean {
    return this.#sending === 'over';
  }
}
