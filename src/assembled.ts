import type { Journal } from './domain/journal/journal.ts';
import type { Face } from './emulator/face.ts';
import type { PartRow } from './emulator/part.ts';
import type { LiveOptions } from './liveOptions.ts';
import type { Road } from './operations/enter.ts';
import type { Services } from './operations/operation.ts';
import type { RequestIds } from './operations/road/requestIds.ts';
import type { TurnRelay } from './relay/turnRelay.ts';
import type { Log } from './runtime/log.ts';
import type { Snapshots } from './snapshots/snapshots.ts';
import type { TokenDesk } from './tokens/desk.ts';

/** An emulator that nobody can reach yet. */
export interface Assembled {
  readonly services: Services;
  /** What to wait for before anybody is told that something was changed; undefined if for nothing. Rejects with a StoreError. */
  readonly safe: () => Promise<void> | undefined;
  /** For whoever joins; what it shows is told as events, too. */
  readonly log: Log;
  /** The one way to every operation. */
  readonly road: Road;
  readonly requestIds: RequestIds;
  /** Where tokens are handed out. */
  readonly tokens: TokenDesk;
  /** All that can be done to it besides. */
  readonly face: Face;
  /** Makes what is there from the start. Rejects with an OptionError. */
  seedAtStart(): Promise<void>;
  readonly journal: Journal;
  readonly live: LiveOptions;
  /** Everything that holds state; whoever brings some adds itself. */
  readonly parts: PartRow[];
  readonly snapshots: Snapshots;
  /** To be started where it is to listen. */
  readonly relay: TurnRelay | undefined;
  /** Aborted when it stops. */
  readonly stopped: AbortSignal;
  stop(): void;
}
