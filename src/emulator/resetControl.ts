import { isEverywhere, type Where } from '../domain/resources/scope.ts';
import type { Streams } from '../domain/streams/streams.ts';
import type { ControllableClock } from '../runtime/clock.ts';
import { eventLoopTurn } from '../runtime/wall.ts';
import type { Part } from './part.ts';

/** The whole emulator as it started, or what there is of an account, of a region, or of both. */
export interface ResetRequest extends Where {
  /** Time goes on as it is. It always does if only a part is reset. */
  readonly keepClock?: boolean | undefined;
}

/** Takes back what was done. */
export class ResetControl {
  readonly #clock: ControllableClock;
  readonly #streams: Pick<Streams, 'all'>;
  readonly #parts: readonly Part[];

  constructor(clock: ControllableClock, streams: Pick<Streams, 'all'>, parts: readonly Part[]) {
    this.#clock = clock;
    this.#streams = streams;
    this.#parts = parts;
  }

  /** Resolves to how many streams have gone. */
  async reset({ account, region, keepClock = false }: ResetRequest = {}): Promise<number> {
    const which = { account, region };
    const gone = await this.#clock.still(() => {
      let count = 0;
      for (const _ of this.#streams.all(which)) count += 1;
      for (const part of this.#parts) part.reset(which);
      if (isEverywhere(which)) this.#clock.reset({ keepTime: keepClock });
      return count;
    });
    // Connections that were open learn of it now, and not in the middle of what the caller does next.
    await eventLoopTurn();
    await eventLoopTurn();
    return gone;
  }
}
