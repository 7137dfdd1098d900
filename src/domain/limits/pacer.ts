import type { Clock } from '../../runtime/clock.ts';
import { turn } from '../../runtime/slices.ts';
import type { Limits } from './limits.ts';
import type { Throttled } from './throttle.ts';

/** What a body that is held back has to be let go for, whatever its limit says. */
export interface PacedBody {
  readonly clock: Clock;
  readonly limits: Limits;
  /** The stream's name. */
  readonly stream: string;
  /** Aborted when there is nobody at the other end any more. */
  readonly signal: () => AbortSignal;
  /** Calls back when its stream goes. Returns how to call that off. */
  readonly onDelete: (tell: () => void) => () => void;
  /** Told of each time that it is held back, or refused. */
  readonly onThrottled: (throttled: Throttled, how: 'held' | 'refused') => void;
}

/** So many turns of the event loop what was let go may take to come to its next stop. */
const MOST_TURNS = 10;

/** Holds one body back until the emulator's clock has come so far. */
export class Pacer {
  readonly #body: PacedBody;
  #over = false;
  #waits = false;
  #wake: (() => void) | undefined;

  constructor(body: PacedBody) {
    this.#body = body;
  }

  /** It is held back no more: nobody is there, or its stream has gone. */
  get over(): boolean {
    return this.#over;
  }

  get waits(): boolean {
    return this.#waits;
  }

  /** Lets it go for good. */
  end(): void {
    this.#over = true;
    this.#wake?.();
  }

  /** It is not held back but refused. */
  refused(throttled: Throttled): void {
    this.#body.onThrottled(throttled, 'refused');
  }

  /** Resolves when it is worth another try. */
  wait(throttled: Throttled): Promise<void> {
    const { clock, limits, stream, onDelete, onThrottled } = this.#body;
    const signal = this.#body.signal();
    if (signal.aborted) this.end();
    if (this.#over) return Promise.resolve();
    onThrottled(throttled, 'held');
    return new Promise((resolve) => {
      const end = (): void => this.end();
      signal.addEventListener('abort', end, { once: true });
      const { passesAt } = throttled;
      const again = (): Promise<void> => {
        this.#wake?.();
        return this.#rest();
      };
      const cancels = [
        () => signal.removeEventListener('abort', end),
        onDelete(end),
        limits.onChange(() => this.#wake?.()),
        passesAt === undefined ? () => undefined : clock.at(passesAt, again, { what: 'paced', stream }),
      ];
      this.#waits = true;
      this.#wake = () => {
        this.#wake = undefined;
        this.#waits = false;
        for (const cancel of cancels) cancel();
        resolve();
      };
    });
  }

  /** Whoever moves the clock has what was let go come to rest before the next thing is due. */
  async #rest(): Promise<void> {
    for (let turns = 0; turns < MOST_TURNS && !this.#waits && !this.#over; turns++) await turn();
  }
}
