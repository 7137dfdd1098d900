import { serviceError } from '../../protocol/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ResourceKind } from './scope.ts';

export type Status = 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING';

/** How long a resource stays in each passing state, in milliseconds of the emulator's clock. */
export interface Transitions {
  readonly creating: number;
  readonly updating: number;
  readonly deleting: number;
}

export const NO_DELAYS: Transitions = { creating: 0, updating: 0, deleting: 0 };

interface Living {
  readonly name: string;
  readonly version: string;
  status: Status;
}

/**
 * Puts a resource into a passing state and calls `done` when that state's time is over, before it returns if it takes
 * no time. Returns how to call it off.
 */
export function pass(
  clock: Clock,
  record: Living,
  status: Exclude<Status, 'ACTIVE'>,
  ms: number,
  done: () => void,
): () => void {
  record.status = status;
  if (ms > 0) return clock.at(clock.now() + ms, done);
  done();
  return () => undefined;
}

export function requireActive(kind: ResourceKind, { name, status }: Living): void {
  if (status !== 'ACTIVE') throw serviceError('notActive', kind, name, status);
}

export function requireVersion(kind: ResourceKind, { version }: Living, given: string): void {
  if (given !== version) throw serviceError('versionMismatch', kind, given);
}
