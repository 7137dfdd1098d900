import type { Scope } from '../resources/scope.ts';
import type { KeyRefusal } from './keyRefusals.ts';
import type { KeyState, KeyUsage } from './keyStates.ts';
import type { KeyVersion } from './wrapping.ts';

/** What of a key can be chosen. */
export interface KeySettings {
  readonly state: KeyState;
  readonly usage: KeyUsage;
  readonly principals: readonly string[];
  /** What each use of it is refused with, whatever else holds. */
  readonly fails: KeyRefusal | null;
}

/** What is kept of a key: without it nothing that was sealed under it can be read after a restart. Plain data. */
export interface KeyRecord extends KeySettings {
  readonly id: string;
  readonly scope: Scope;
  readonly manager: 'AWS' | 'CUSTOMER';
  readonly spec: string;
  readonly aliases: readonly string[];
  readonly versions: readonly KeyVersion[];
  /** It is there no more, and may be made again. */
  readonly deleted: boolean;
}
