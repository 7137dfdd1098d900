import type { Log } from '../runtime/log.ts';
import { wallSleep } from '../runtime/wall.ts';

/** So many may wait for one place; what comes then is lost. */
const MOST_WAITING = 100;
/** How long to wait before each further attempt, real time. */
const AGAIN_MS = [200, 1000];

/** Carries things to one place, one after the other. A place that cannot be reached is told of once. */
export class Outbox<T> {
  readonly #where: string;
  readonly #send: (item: T) => Promise<void>;
  readonly #log: Log;
  readonly #stopped: AbortSignal;
  readonly #items: T[] = [];
  #busy = false;
  #told = false;

  constructor(where: string, send: (item: T) => Promise<void>, { log, stopped }: { log: Log; stopped: AbortSignal }) {
    this.#where = where;
    this.#send = send;
    this.#log = log;
    this.#stopped = stopped;
  }

  put(item: T): void {
    if (this.#items.length >= MOST_WAITING) this.#tell('too much waits for it');
    else this.#items.push(item);
    if (!this.#busy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    for (let item = this.#items.shift(); item !== undefined && !this.#stopped.aborted; item = this.#items.shift()) {
      await this.#carry(item);
    }
    this.#busy = false;
  }

  async #carry(item: T): Promise<void> {
    for (const wait of [0, ...AGAIN_MS]) {
      if (wait > 0) await wallSleep(wait, this.#stopped);
      if (this.#stopped.aborted) return;
      try {
        await this.#send(item);
        this.#told = false;
        return;
      } catch (error) {
        if (wait === AGAIN_MS.at(-1)) this.#tell(error instanceof Error ? error.message : String(error));
      }
    }
  }

  #tell(reason: string): void {
    if (this.#told || this.#stopped.aborted) return;
    this.#told = true;
    const text = `What happens cannot be delivered to ${this.#where}, and is lost there until it can. See that it answers.`;
    this.#log.warn(text, { reason: reason.slice(0, 300) });
  }
}
