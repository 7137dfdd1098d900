import type { Channels } from '../domain/channels/channels.ts';
import type { Credentials } from '../domain/credentials/credentials.ts';
import type { Faultable } from '../domain/faults/faultable.ts';
import type { LimitOf, Limits } from '../domain/limits/limits.ts';
import type { Scope } from '../domain/resources/scope.ts';
import type { Stream } from '../domain/streams/stream.ts';
import type { Streams } from '../domain/streams/streams.ts';
import type { Log } from '../runtime/log.ts';
import type { Room } from '../runtime/room.ts';
import type { EmulatorClock } from './clockControl.ts';
import type { EmulatorCredentials } from './credentialsControl.ts';
import type { EmulatorFaults } from './faultControl.ts';
import type { EmulatorKeys } from './keyControl.ts';
import type { EmulatorLimits } from './limitsControl.ts';

/** A file that has been read, as far as a seed needs it. */
export interface SeedRecording {
  readonly arn: string;
}

/** Where it is shown. */
export interface SeedLayout {
  readonly start: number;
  readonly count: number;
  /** When its last fragment begins, ms since the epoch. */
  readonly last: number;
}

export type Metadata = ReadonlyMap<string, string>;

/** Whoever can read media reads and shows it. What it will not have it throws, and `isRefusal` knows it. */
export interface Showing<R extends SeedRecording = SeedRecording> {
  read(file: Uint8Array): Promise<{ readonly recording: R; readonly warnings: ReadonlyMap<string, string> }>;
  letGo(recording: R): void;
  plan(
    recording: R,
    placing: { readonly start: number; readonly loop: number; readonly until: number | undefined },
    behind: number,
    now: number,
  ): SeedLayout;
  checkTags(limit: LimitOf, tags: Metadata): void;
  show(
    stream: Stream,
    recording: R,
    layout: SeedLayout,
    tags: Metadata,
  ): Promise<{ fragments: number; expired: number }>;
  isRefusal(error: unknown): error is Error;
}

/** A call of the service that asks nobody: no signature, limit or fault. Throws what it is refused with. */
export type TrustedCall = (operation: string, scope: Scope, input: object) => Promise<object>;

/** What a seed works with. */
export interface SeedParts {
  readonly own: Scope;
  readonly streams: Streams;
  readonly channels: Channels;
  /** The face's own controls, with their checks. */
  readonly controls: {
    readonly clock: EmulatorClock;
    readonly limits: EmulatorLimits;
    readonly keys: EmulatorKeys;
    readonly credentials: EmulatorCredentials;
    readonly faults: EmulatorFaults;
  };
  readonly limits: Limits;
  readonly credentials: Credentials;
  readonly faultable: readonly Faultable[];
  readonly call: TrustedCall;
  readonly showing: Showing;
  /** Where files of a seed over HTTP have to be: the folder of --seed, if there is one. */
  readonly folder: string | undefined;
  readonly room: Room;
  readonly log: Log;
}
