import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Through } from '../operations/road/meddling.ts';
import type { Passage } from '../operations/road/passage.ts';
import type { Sender } from '../operations/road/sender.ts';
import type { Target } from '../operations/road/target.ts';
import { letGo } from '../runtime/letGo.ts';
import type { Holding } from '../runtime/room.ts';
import { eventLoopTurn, monotonicNow, wallTimeout } from '../runtime/wall.ts';
import type { Patience } from './patience.ts';
import type { RequestBody } from './requestBody.ts';
import { resetConnection } from './resetConnection.ts';

/** How long a stream may have nothing to say to a client that has closed its own side. Milliseconds. */
const PATIENCE_MS = 1000;

/** How long a client may take to read what comes before an end that is made on purpose. Milliseconds. */
const READING_MS = 20;

/** What waits for a reader and is too little to be counted. Bytes. */
const LITTLE = 65_536;

/** Calls back after so much real time. */
export type Timeout = typeof wallTimeout;

/** Sockets whose answer was the last: what still comes from them is no request. */
const closing = new WeakSet<Socket>();
export const isClosing = (socket: Socket): boolean => closing.has(socket);

const nothing = (): void => undefined;

/** One request, its answer, and the life of the connection between them. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  target: Target;
  readonly sender: Sender;
  readonly requestId: string;
  /** The client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
  readonly patience: Patience;
  /** Of its bodies, as far as they lie here. */
  readonly holding: Holding;
  /** Its way to its answer; requests to the emulator itself have none. */
  passage: Passage | undefined;
  /** The page that may read the answer, or `*`; undefined if no page asked. */
  allowOrigin: string | undefined;
  /** Set by duplex operations: where a broken framing is reported to. */
  body: RequestBody | undefined;
  /** What an answer whose length is told passes through on its way, if anything. */
  through: Through | undefined;
  /** Called when an answer without a known length has begun, and when any is over, whole or not. */
  onStreaming: () => void = nothing;
  onClosed: () => void = nothing;
  /** On a counter of real time, ms. */
  readonly startedAt = monotonicNow();
  /** Of the answer's body, so far, and of a request's that was collected. */
  bytesSent = 0;
  bytesIn = 0;
  #gone = false;
  #whenGone: (() => void) | undefined;
  #pending: (() => void) | undefined;
  #abort: AbortController | undefined;
  #stopping = false;
  #onStop: (() => void) | undefined;
  #timeIsOver = false;
  #swallowing = false;
  #halfClosed = false;
  #idle = false;
  #cancelPatience: (() => void) | undefined;
  readonly #timeout: Timeout;
  #gapMs = 0;
  /** Resolves when another piece may follow the one before. */
  #apart: Promise<void> = Promise.resolve();

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    head: {
      target: Target;
      sender: Sender;
      requestId: string;
      expectsContinue: boolean;
      timeout: Timeout;
      patience: Patience;
      holding: Holding;
    },
  ) {
    this.request = request;
    this.response = response;
    this.target = head.target;
    this.sender = head.sender;
    this.requestId = head.requestId;
    this.expectsContinue = head.expectsContinue;
    this.#timeout = head.timeout;
    this.patience = head.patience;
    this.holding = head.holding;
    response.on('close', () => {
      if (!response.writableFinished) this.#leave();
      this.onClosed();
    });
    response.on('error', () => this.#leave());
  }

  get socket(): Socket {
    return this.request.socket;
  }

  /** The client went away before it had its whole answer. */
  get gone(): boolean {
    return this.#gone;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** Aborted when the client goes or the emulator stops. Made when first asked for: most operations never do. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#gone || this.#stopping) this.#abort.abort();
    return this.#abort.signal;
  }

  /** One at a time: another takes the place of the one before. */
  readonly onGone = (run: () => void): void => {
    if (this.#gone) run();
    else this.#whenGone = run;
  };

  /** Ends a stream that would go on for ever, because the emulator stops. */
  onStop(run: () => void): void {
    if (this.#stopping) run();
    else this.#onStop = run;
  }

  stop(): void {
    this.#stopping = true;
    this.#abort?.abort();
    this.#onStop?.();
  }

  /** Tells the client to go on, and waits until that has gone to the kernel: one that reads both at once loses the head. */
  sendContinue(): Promise<void> {
    return this.#unlessGone((done) => this.response.writeContinue(done));
  }

  /**
   * Waits until all that was written, the head above all, has gone to the kernel, so that nothing shares its write. Leans on
   * node: an empty piece is no chunk, but its turn is told, since 8. Test: wire/pieces.
   */
  flushed(): Promise<void> {
    return this.#unlessGone((done) => this.response.write('', done));
  }

  /** From now on keeps pieces, and the end, so many milliseconds of real time apart. */
  space(ms: number): void {
    this.#gapMs = ms;
  }

  /** The answer has had all the time there is for it: who does not take the rest of it now is cut off. */
  timeIsOver(): void {
    this.#timeIsOver = true;
    if (this.body === undefined) this.#onStop?.();
    // What waits now waits from now on; what comes waits for itself.
    if (this.#pending !== undefined) wallTimeout(this.#cutUnless(this.#pending), this.patience.lastMs);
  }

  /**
   * Hands pieces to the socket in one write, each a chunk of its own, and waits until they have gone to the kernel. Framed
   * here: node would gather their parts and write them in a later turn, at twice the price, and a producer's
   * acknowledgements are many. Leans on node: what is written to the socket itself comes behind what the response has
   * flushed, since 0.1. Test: wire/duplex, 'puts each line, and the end, into a write of its own'.
   */
  write(pieces: readonly string[]): Promise<void> {
    return this.#spaced((done) => {
      for (const piece of pieces) this.bytesSent += Buffer.byteLength(piece);
      const chunk = (piece: string): string => `${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`;
      if (this.chunked !== undefined) this.chunked.write(pieces.map(chunk).join(''), done);
      else pieces.forEach((piece, at) => void this.response.write(piece, at + 1 < pieces.length ? nothing : done));
    });
  }

  /** Where we may frame chunks: not behind an earlier answer, for one that is gone (node tells), or in HTTP/1.0. */
  get chunked(): Socket | undefined {
    const { socket, chunkedEncoding } = this.response;
    return socket?.destroyed === false && chunkedEncoding ? socket : undefined;
  }

  /** Resolves when the client has read enough for more to be written, which calls `done`, or when nothing more is to be. */
  async untilRead(act: (done: () => void) => void): Promise<void> {
    this.watchReader();
    await this.#unlessGone(act);
    this.readerHasRead();
  }

  /** What was written has been taken. */
  readerHasRead(): void {
    this.socket.setTimeout(0);
    this.holding.to(0);
  }

  /** Stops waiting for the client to read. */
  release(): void {
    this.#pending?.();
  }

  /** Ends the answer and waits until all of it has gone to the kernel. */
  end(): Promise<void> {
    return this.#spaced((done) => {
      this.response.end(done);
      this.watchReader();
    });
  }

  /**
   * Cuts off a client that takes nothing of what is written to it for a while, soon if there is no room for it. Node looks
   * at the connection, and sets the time anew with the next request.
   */
  watchReader(): void {
    const { writableLength: waiting } = this.socket;
    if (waiting === 0) return;
    const hasRoom = waiting <= LITTLE || this.holding.to(waiting);
    this.socket.setTimeout(hasRoom ? this.patience.readerMs : this.patience.lastMs);
  }

  /**
   * A client that has gone looks like one that merely has nothing more to say, until something is written to it.
   * Takes one whose end of the connection is closed for gone after a moment in which there was nothing to write.
   */
  watchHalfClosed(): void {
    const { socket } = this;
    const onEnd = (): void => {
      this.#halfClosed = true;
      this.idle(this.#idle);
    };
    this.#halfClosed = socket.readableEnded;
    socket.once('end', onEnd);
    // The connection outlives the answer.
    this.response.once('close', () => socket.off('end', onEnd));
  }

  /** Whether there is nothing to write just now. */
  idle(is: boolean): void {
    this.#idle = is;
    if (!this.#halfClosed) return;
    this.#cancelPatience?.();
    this.#cancelPatience = is ? wallTimeout(() => this.cut(), PATIENCE_MS) : undefined;
  }

  /** Cuts the connection, so that nobody takes the answer for whole. */
  cut(): void {
    // One that was told to close is on its way out.
    if (!closing.has(this.socket)) this.socket.destroy();
  }

  /** Ends the connection in the middle, because somebody wants to see that. What was written goes out first. */
  async hangUp(how: 'close' | 'reset'): Promise<void> {
    this.body?.fail('the connection is ended on purpose');
    if (this.response.headersSent) {
      // Whoever reads nothing is not waited for.
      const cancel = wallTimeout(() => this.release(), this.patience.lastMs);
      await this.flushed();
      cancel();
      await this.#read();
    }
    if (how === 'close') this.closeLingering();
    else resetConnection(this.socket);
  }

  /**
   * Gives a client the time to read what has gone out. Node's takes a reset that it finds together with something to read
   * for an ordinary end, and forgets what it has read when it finds that the end is too early.
   */
  async #read(): Promise<void> {
    await new Promise<void>((resolve) => void wallTimeout(resolve, READING_MS));
    await eventLoopTurn();
  }

  /** The answer is over but the request is not: says so at once and swallows what still comes for a moment. */
  closeLingering(): void {
    closing.add(this.socket);
    this.socket.end();
    this.#swallow();
  }

  /**
   * After an answer while the body still comes: lets a body that ends soon run out (Python's http.client and others
   * read the answer only then) and closes on one that does not.
   */
  drainOrClose(): void {
    if (this.request.complete || this.socket.destroyed || this.#swallowing) return;
    const cancel = this.#swallow();
    this.request.once('end', cancel);
  }

  #swallow(): () => void {
    const { socket } = this;
    this.#swallowing = true;
    if (this.body) this.body.discard();
    else this.request.on('data', letGo).resume();
    const destroy = (): void => {
      socket.destroy();
    };
    const cancelTimer = wallTimeout(destroy, this.patience.lastMs);
    const cancel = (): void => {
      cancelTimer();
      socket.off('end', destroy).off('close', cancel);
    };
    socket.on('end', destroy).on('close', cancel);
    return cancel;
  }

  #spaced(act: (done: () => void) => void): Promise<void> {
    if (this.#gapMs === 0) return this.#unlessGone(act);
    const acted = this.#apart.then(() => this.#unlessGone(act));
    this.#apart = acted.then(() => this.#unlessGone((done) => this.#timeout(done, this.#gapMs)));
    return acted;
  }

  #unlessGone(act: (done: () => void) => void): Promise<void> {
    if (this.#gone) return Promise.resolve();
    return new Promise((resolve) => {
      let cancel: () => void = () => undefined;
      const settle = (): void => {
        cancel();
        if (this.#pending === settle) this.#pending = undefined;
        resolve();
      };
      this.#pending = settle;
      if (this.#timeIsOver) cancel = wallTimeout(this.#cutUnless(settle), this.patience.lastMs);
      act(settle);
    });
  }

  /** Cuts if the client has still not read what is waited for by then. */
  #cutUnless(pending: () => void): () => void {
    return () => {
      if (this.#pending === pending) this.cut();
    };
  }

  #leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#abort?.abort();
    this.#pending?.();
    this.#whenGone?.();
  }
}
