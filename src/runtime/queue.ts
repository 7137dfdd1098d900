/** Items from callbacks, to be taken one by one. Whoever puts them in can wait until few are left. */
export class AsyncQueue<T> implements AsyncIterableIterator<T> {
  #items: T[] = [];
  #ended = false;
  #taker: ((result: IteratorResult<T>) => void) | undefined;
  #waitingForRoom: { below: number; resume: () => void } | undefined;

  /** Items nobody has taken yet. */
  get waiting(): number {
    return this.#items.length;
  }

  push(item: T): void {
    if (this.#ended) return;
    const taker = this.#taker;
    if (taker === undefined) this.#items.push(item);
    else {
      this.#taker = undefined;
      taker({ done: false, value: item });
    }
  }

  /** No item will follow; those that are there can still be taken. */
  end(): void {
    this.#ended = true;
    if (this.#items.length === 0) this.#taker?.({ done: true, value: undefined });
    this.#taker = undefined;
    this.#resume();
  }

  /** Resolves once fewer than `count` items wait, or nobody will take any more. For one caller at a time. */
  room(count: number): Promise<void> {
    if (this.#items.length < count || this.#ended) return Promise.resolve();
    return new Promise((resume) => {
      this.#waitingForRoom = { below: count, resume };
    });
  }

  next(): Promise<IteratorResult<T>> {
    const item = this.#items.shift();
    if (item !== undefined) {
      if (this.#waitingForRoom && this.#items.length < this.#waitingForRoom.below) this.#resume();
      return Promise.resolve({ done: false, value: item });
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.#taker = resolve;
    });
  }

  return(): Promise<IteratorResult<T>> {
    this.#items = [];
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #resume(): void {
    const waiting = this.#waitingForRoom;
    this.#waitingForRoom = undefined;
    waiting?.resume();
  }
}
