import { serviceError } from '../../protocol/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { LimitOf } from '../limits/limits.ts';

interface Waiting {
  answered(answer: string): void;
  over(): void;
}

/** Offers whose senders wait for the answer on the line, by the client ids that the answers will name. */
export class Held {
  readonly #clock: Clock;
  readonly #limit: LimitOf;
  readonly #waiting = new Map<string, Set<Waiting>>();
  #count = 0;

  constructor(clock: Clock, limit: LimitOf) {
    this.#clock = clock;
    this.#limit = limit;
  }

  get empty(): boolean {
    return this.#count === 0;
  }

  /** No more can wait. */
  get full(): boolean {
    return this.#count >= this.#limit('signaling.held');
  }

  /**
   * Resolves to the answer.
   * @throws ResourceNotFoundException after `ms`
   */
  wait(clientId: string, ms: number, gone: AbortSignal): Promise<string> {
    this.#count += 1;
    return new Promise<string>((resolve, reject) => {
      const over = (): void => end(() => reject(serviceError('offerUnanswered')));
      const waiting: Waiting = { answered: (answer) => end(() => resolve(answer)), over };
      const cancel = this.#clock.at(this.#clock.now() + ms, over);
      const end = (settle: () => void): void => {
        if (!this.#remove(clientId, waiting)) return;
        cancel();
        gone.removeEventListener('abort', over);
        settle();
      };
      const own = this.#waiting.get(clientId) ?? new Set();
      this.#waiting.set(clientId, own.add(waiting));
      gone.addEventListener('abort', over, { once: true });
      if (gone.aborted) over();
    });
  }

  /** False if nobody waits for it. */
  answer(clientId: string, answer: string): boolean {
    const own = this.#waiting.get(clientId);
    for (const one of [...(own ?? [])]) one.answered(answer);
    return own !== undefined;
  }

  end(): void {
    for (const own of [...this.#waiting.values()]) for (const one of [...own]) one.over();
  }

  #remove(clientId: string, waiting: Waiting): boolean {
    const own = this.#waiting.get(clientId);
    if (own?.delete(waiting) !== true) return false;
    if (own.size === 0) this.#waiting.delete(clientId);
    this.#count -= 1;
    return true;
  }
}
