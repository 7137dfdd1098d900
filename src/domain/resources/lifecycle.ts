import { serviceError } from '../../protocol/errors.ts';
import type { Ending, ResourceRecord, Status } from './record.ts';
import type { ResourceKind } from './scope.ts';

/** How long a resource stays in each passing state, in milliseconds of the emulator's clock. */
export interface Transitions {
  readonly creating: number;
  readonly updating: number;
  readonly deleting: number;
}

export const NO_DELAYS: Transitions = { creating: 0, updating: 0, deleting: 0 };

interface Standing {
  readonly status: Status;
  readonly statusEnds: Ending<Status> | null;
}

/** A state on the way to ACTIVE that takes so long; ACTIVE if it takes no time. */
export const passing = (status: 'CREATING' | 'UPDATING', now: number, ms: number): Standing =>
  ms > 0 ? { status, statusEnds: { at: now + ms, to: 'ACTIVE' } } : { status: 'ACTIVE', statusEnds: null };

export const deleting = (now: number, ms: number): Standing => ({
  status: 'DELETING',
  statusEnds: { at: now + ms, to: 'GONE' },
});

export function requireActive(kind: ResourceKind, { name, status }: ResourceRecord): void {
  if (status !== 'ACTIVE') throw serviceError('notActive', kind, name, status);
}

/** Only callers who name a version ask for one. */
export function requireVersion(kind: ResourceKind, { version }: ResourceRecord, given: string | undefined): void {
  if (given !== undefined && given !== version) throw serviceError('versionMismatch', kind, given);
}
