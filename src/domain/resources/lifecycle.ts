import type { Clock } from '../../runtime/clock.ts';

export type Status = 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING';

/** How long a resource stays in each passing state, in milliseconds of the emulator's clock. */
export interface Transitions {
  readonly creating: number;
  readonly updating: number;
  readonly deleting: number;
}

export const NO_DELAYS: Transitions = { creating: 0, updating: 0, deleting: 0 };

/**
 * Puts a resource into a passing state and calls `done` when that state's time is over, before it returns if it takes
 * no time. Returns how to call it off.
 */
export function pass(
  clock: Clock,
  record: { status: Status },
  status: Exclude<Status, 'ACTIVE'>,
  ms: number,
  done: () => void,
): () => void {
  record.status = status;
  if (ms > 0) return clock.at(clock.now() + ms, done);
  done();
  return () => undefined;
}
