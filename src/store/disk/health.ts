import type { StoreError } from '../../domain/ports.ts';
import type { Log } from '../../runtime/log.ts';
import { monotonicNow } from '../../runtime/wall.ts';

/** Whoever has had no trouble for so long has none. Milliseconds of real time. */
const QUIET_MS = 10_000;

/** Whether something can be written. The log says when that ends and when it begins again, and not how often it was tried. */
export class Health {
  readonly #log: Log;
  readonly #what: string;
  #failedAt: number | undefined;

  /** @param what as a sentence begins with it */
  constructor(log: Log, what: string) {
    this.#log = log;
    this.#what = what;
  }

  /** It could not be written. */
  fails(error: StoreError): void {
    if (this.#failedAt === undefined) {
      const { cause } = error;
      this.#log.error(`${this.#what} cannot be written. What is there can still be read. ${error.message}`, {
        ...(error.kind === 'full' ? {} : { error: cause ?? error }),
      });
    }
    this.#failedAt = monotonicNow();
    error.told = true;
  }

  /** It could. */
  works(): void {
    if (this.#failedAt === undefined || monotonicNow() - this.#failedAt < QUIET_MS) return;
    this.#failedAt = undefined;
    this.#log.info(`${this.#what} can be written again.`);
  }
}
