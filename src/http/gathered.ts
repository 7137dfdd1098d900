import type { Exchange } from './exchange.ts';

/** So much may lie there that the client has not taken before whoever has more for it waits. Bytes. */
const MOST_WAITING = 4096;

/**
 * Lines of an answer that come in one turn of the event loop, in one write: a fragment that ends has two acknowledgements, the
 * one that begins a third, and a write costs as much as the frames of half a second. Each is a chunk of its own all the same,
 * and chunks are what clients take apart.
 */
export class Gathered {
  readonly #exchange: Exchange;
  #lines: string[] = [];

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** What is to be waited for before the next one, if anything is. */
  add(line: string): Promise<void> | undefined {
    if (this.#lines.length === 0) process.nextTick(() => void this.flush());
    this.#lines.push(line);
    const { destroyed, writableLength } = this.#exchange.socket;
    // Where the client has gone, that is told before there is more for it.
    return !destroyed && writableLength < MOST_WAITING ? undefined : this.flush();
  }

  /** Resolves when they have gone to the kernel. */
  flush(): Promise<void> | undefined {
    const lines = this.#lines;
    if (lines.length === 0) return undefined;
    this.#lines = [];
    return this.#exchange.write(lines);
  }
}
