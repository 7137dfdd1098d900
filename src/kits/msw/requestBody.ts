import { BodyReadError } from '../../operations/operation.ts';

/** The body of a Request, piece by piece as it is asked for: whoever sends it is held back by whoever takes it. */
export class RequestBody implements AsyncIterableIterator<Uint8Array, undefined> {
  /** Bytes that have come. */
  received = 0;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #failure: BodyReadError | undefined;

  constructor({ body }: Request) {
    this.#reader = (body as ReadableStream<Uint8Array> | null)?.getReader();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const result = await this.#read();
    if (this.#failure !== undefined) throw this.#failure;
    if (result === undefined || result.done) return { done: true, value: undefined };
    this.received += result.value.length;
    // The caller may use its memory again.
    return { done: false, value: new Uint8Array(result.value) };
  }

  /** Nobody wants the rest. */
  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.fail('the body was given up by its reader');
    return { done: true, value: undefined };
  }

  /** It will never be whole; who waits for more of it is told so. */
  fail(reason: string): void {
    this.#failure ??= new BodyReadError(reason);
    this.#reader?.cancel(this.#failure).catch(() => undefined);
  }

  async #read(): Promise<Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>['read']>> | undefined> {
    try {
      return await this.#reader?.read();
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }
}
