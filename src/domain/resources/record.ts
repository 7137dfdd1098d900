import type { ResourceKind, Scope } from './scope.ts';
import type { Tags } from './tags.ts';

export type Status = 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING';

/** How a state ends by itself: when, on the emulator's clock, and what follows. After GONE there is nothing. */
export interface Ending<State extends string> {
  readonly at: number;
  readonly to: State | 'GONE';
}

/** Which resource it is. The same name made anew, at another time or after a reset, is another. */
interface Identity {
  readonly scope: Scope;
  readonly name: string;
  readonly arn: string;
  /** Milliseconds since the epoch; also the last part of the ARN. */
  readonly createdAt: number;
  /** How often its account and region had been cleared before: ids are not given twice. */
  readonly era: number;
}

export interface Life {
  readonly version: string;
  /** How many versions it has had: the next one follows those. */
  readonly versions: number;
  readonly status: Status;
  /** Null in a state that lasts. */
  readonly statusEnds: Ending<Status> | null;
  readonly tags: Tags;
}

/**
 * What every stream and channel is. Records are plain data, all there is to know after a restart: what JSON makes of one
 * and back is the same. They are never written to; a resource that changes gets another (`Resource.change`).
 */
export interface ResourceRecord extends Identity, Life {}

/** A deleted name, and the creation times that it has had and may not have again as long as the clock could show them. */
export interface PastName {
  readonly kind: ResourceKind;
  readonly scope: Scope;
  readonly name: string;
  readonly first: number;
  readonly last: number;
}

/** How often an account and region have been cleared of resources of a kind. */
export interface Era {
  readonly kind: ResourceKind;
  readonly scope: Scope;
  readonly era: number;
}
