import type { IncomingMessage } from 'node:http';
import { GrowingBuffer } from '../media/bytes/growingBuffer.ts';
import { BodyReadError } from '../operations/operation.ts';
import { received } from '../runtime/garbage.ts';
import { letGo } from '../runtime/letGo.ts';
import type { Pourable, Take, Taken } from '../runtime/pour.ts';
import type { Holding } from '../runtime/room.ts';
import { wallTimeout } from '../runtime/wall.ts';
import type { Patience } from './patience.ts';

/** Read ahead of the operation by this much at most; beyond it the client is held back. */
const READ_AHEAD = 512 * 1024;
/** What a piece takes besides its bytes: a client may send them one by one. */
const PIECE_COST = 256;

export const CLIENT_GONE = 'the client went away in the middle of the body';

type Result = IteratorResult<Uint8Array, undefined>;

/** What takes pieces in the event that brings them, as long as nothing is to be waited for. */
interface Sink {
  readonly take: Take<Uint8Array>;
  readonly resolve: (taken: Taken) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The body of a request, piece by piece as it comes off the wire, for one reader. Faster than `for await` over the
 * request itself: no 'readable' round trip for each piece, and pieces are never joined. Poured, which is for cameras that
 * send each frame as a piece, it is faster still: a piece is then lent to who takes it until that is done, and its memory
 * let go of at once.
 */
export class RequestBody implements AsyncIterableIterator<Uint8Array, undefined>, Pourable<Uint8Array> {
  #request: IncomingMessage;
  #holding: Holding;
  #queue: Uint8Array[] = [];
  #queued = 0;
  #ended = false;
  #error: Error | undefined;
  #waiting: { resolve: (result: Result) => void; reject: (error: Error) => void } | undefined;
  #sink: Sink | undefined;
  #flowing = false;
  #discarded = false;
  #finished = false;
  /** Bytes that have come. */
  received = 0;

  constructor({ request, holding }: Pick<BodySource, 'request' | 'holding'>) {
    this.#request = request;
    this.#holding = holding;
    request.on('error', this.#onGone).on('close', this.#onGone);
  }

  /** The reader has seen the end of the body. */
  get finished(): boolean {
    return this.#finished;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    const piece = this.#queue.shift();
    if (piece !== undefined) {
      this.#queued -= piece.length + PIECE_COST;
      this.#holding.to(this.#queued);
      if (this.#queued < READ_AHEAD / 2 && this.#request.isPaused()) this.#request.resume();
      return Promise.resolve({ done: false, value: piece });
    }
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (this.#ended) {
      this.#finished = true;
      return Promise.resolve({ done: true, value: undefined });
    }
    if (!this.#flowing) this.#start();
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  async pour(take: Take<Uint8Array>): Promise<void> {
    this.#shorten();
    for await (const piece of this) {
      if ((await (lend(piece, take) ?? this.#pourStraight(take))) === false) return;
    }
  }

  /** The reader wants no more. What still comes is left to whoever closes the connection. */
  return(): Promise<Result> {
    this.#forget();
    this.#error ??= new BodyReadError('the body was given up by its reader');
    return Promise.resolve({ done: true, value: undefined });
  }

  /** The body will never be whole. The reader still gets what came before. */
  fail(reason: string): void {
    if (this.#ended || this.#error !== undefined) return;
    this.#error = new BodyReadError(reason);
    this.#waiting?.reject(this.#error);
    this.#waiting = undefined;
    this.#unsink()?.resolve(undefined);
  }

  /** Stops reading for the reader: from now on the request runs dry into nothing. */
  discard(): void {
    this.#discarded = true;
    this.#request.off('data', this.#onData).off('end', this.#onEnd).on('data', letGo);
    this.#forget();
    this.#request.resume();
  }

  /** Lets pieces through until there is something to wait for, none is wanted any more, or no more will come. */
  #pourStraight(take: Take<Uint8Array>): Promise<Taken> | undefined {
    if (this.#queue.length > 0 || this.#ended || this.#error !== undefined) return undefined;
    return new Promise<Taken>((resolve, reject) => {
      this.#sink = { take, resolve, reject };
    });
  }

  /**
   * Takes pieces from node's parser itself as long as they are poured: on the way through the request's stream each costs an
   * event, and a tick in which node looks whether to read more. What lies in the stream when pouring begins is not overtaken:
   * it comes in the same turn of the event loop, and the parser's next piece in another. Leans on node: its parser hands pieces
   * to the request's `push`, since 0.10; where it does not, they come as events and cost more. Test: http/requestBody, 'comes
   * past the events'.
   */
  #shorten(): void {
    const request = this.#request;
    const { push } = request;
    request.push = (piece: Buffer | null, encoding) => {
      const sink = this.#sink;
      if (piece === null || sink === undefined || this.#discarded) return push.call(request, piece, encoding);
      this.#come(piece);
      this.#sinkPiece(sink, piece);
      return true;
    };
  }

  #come(piece: Uint8Array): void {
    this.received += piece.length;
    received(piece);
  }

  #unsink(): Sink | undefined {
    const sink = this.#sink;
    this.#sink = undefined;
    return sink;
  }

  #forget(): void {
    for (const piece of this.#queue) letGo(piece);
    this.#queue = [];
    this.#queued = 0;
    this.#holding.to(0);
  }

  #start(): void {
    this.#flowing = true;
    this.#request.on('data', this.#onData).on('end', this.#onEnd);
  }

  #onData = (piece: Buffer): void => {
    this.#come(piece);
    const waiting = this.#waiting;
    if (this.#sink !== undefined) this.#sinkPiece(this.#sink, piece);
    else if (waiting !== undefined) {
      this.#waiting = undefined;
      waiting.resolve({ done: false, value: piece });
    } else if (this.#error === undefined) {
      this.#queue.push(piece);
      this.#queued += piece.length + PIECE_COST;
      // Without room for more the client is held back as well.
      if (!this.#holding.to(this.#queued) || this.#queued > READ_AHEAD) this.#request.pause();
    }
  };

  #sinkPiece({ take, resolve, reject }: Sink, piece: Uint8Array): void {
    try {
      const taken = lend(piece, take);
      if (taken === undefined) return;
      resolve(taken);
    } catch (error) {
      reject(error);
    }
    this.#sink = undefined;
  }

  #onEnd = (): void => {
    this.#ended = true;
    this.#finished = this.#waiting !== undefined;
    this.#waiting?.resolve({ done: true, value: undefined });
    this.#waiting = undefined;
    this.#unsink()?.resolve(undefined);
  };

  #onGone = (): void => this.fail(CLIENT_GONE);
}

function lend(piece: Uint8Array, take: Take<Uint8Array>): Taken {
  const taken = take(piece);
  if (taken === undefined || taken === false) {
    letGo(piece);
    return taken;
  }
  return taken.then(() => letGo(piece));
}

/** Why there is no whole body: nobody has room for it, for one. */
export type NoBody = 'tooLong' | 'tooLate' | 'noRoom';

/** A whole body, or why there is none; what remains of it is then still on its way. */
export function collectBody(
  { request, onGone, patience, holding }: BodySource,
  limit: number,
): Promise<Uint8Array | NoBody> {
  return new Promise((resolve, reject) => {
    const announced = Number(request.headers['content-length']);
    /** Nearly all bodies are one piece. */
    let whole: Uint8Array | undefined;
    let bytes = new GrowingBuffer(0);
    const giveUp = (why: NoBody): void => {
      cancel();
      // What has come so far must not lie about as long as the rest does.
      request.off('data', onData).off('end', onEnd);
      bytes = new GrowingBuffer(0);
      resolve(why);
    };
    const cancel = wallTimeout(() => giveUp('tooLate'), patience.bodyMs);
    const onData = (piece: Uint8Array): void => {
      received(piece);
      if (bytes.length + piece.length > limit) {
        giveUp('tooLong');
        return;
      }
      if (piece.length === announced) whole = piece;
      else {
        bytes.append(piece);
        letGo(piece);
      }
      if (!holding.to(whole?.length ?? bytes.room)) giveUp('noRoom');
    };
    const onEnd = (): void => {
      cancel();
      resolve(whole ?? bytes.take());
    };
    request.on('data', onData).on('end', onEnd);
    onGone(() => {
      cancel();
      reject(new BodyReadError(CLIENT_GONE));
    });
  });
}

/** A request, and how to be told that its client has gone. */
export interface BodySource {
  readonly request: IncomingMessage;
  readonly patience: Patience;
  readonly holding: Holding;
  onGone(run: () => void): void;
}
