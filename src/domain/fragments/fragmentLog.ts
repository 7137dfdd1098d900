import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { PayloadStore } from '../ports.ts';

/** What a stream's fragments need from outside. */
export interface FragmentLogServices {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly payloads: PayloadStore;
}

/** The fragments of one stream. */
export class FragmentLog {
  constructor(_services: FragmentLogServices, _retentionMs: number) {}

  /** A new retention period, in milliseconds; 0 keeps nothing but the hot buffer. What is older than it goes at once. */
  setRetention(_ms: number): void {}

  /** The stream is gone: so is every fragment, and whoever writes or reads is told. */
  delete(): void {}
}
