import { compose } from './compose.ts';
import type { EmulatorAccess, ExplainRequest, Explanation } from './emulator/accessControl.ts';
import type { ClockChange, ClockState, EmulatorClock } from './emulator/clockControl.ts';
import { ControlError } from './emulator/controlError.ts';
import type { GivenCredentials } from './emulator/credentialReader.ts';
import type { CredentialsView, EmulatorCredentials } from './emulator/credentialsControl.ts';
import type { EmulatorEvents, EventFilter } from './emulator/eventsControl.ts';
import type { EmulatorEvent } from './emulator/eventView.ts';
import type { Face } from './emulator/face.ts';
import type { EmulatorFaults, Fault, FaultSet, FaultsQuery } from './emulator/faultControl.ts';
import type { FaultNarrowing, GivenFault } from './emulator/faultShapes.ts';
import type { LimitGauge } from './emulator/gauges.ts';
import type { Health } from './emulator/healthControl.ts';
import type {
  EmulatorLimits,
  LimitsChange,
  LimitsState,
  LimitsWhere,
  StreamLimitsChange,
  StreamLimitsState,
} from './emulator/limitsControl.ts';
import type { RequestEntry, SentAck, ThrottledEntry } from './emulator/requestEntry.ts';
import type { EmulatorRequests, RequestFilter, RequestPage, WaitOptions } from './emulator/requestsControl.ts';
import type { ResetOptions, ResetResult } from './emulator/resetControl.ts';
import type { EmulatorSeed, SeedOptions, SeedResult } from './emulator/seedControl.ts';
import type { Seed } from './emulator/seedShapes.ts';
import type { EmulatorSnapshots, NamedSnapshot, Snapshot, SnapshotContent } from './emulator/snapshotControl.ts';
import type { SnapshotOptions } from './emulator/snapshotShapes.ts';
import type {
  DisconnectRequest,
  FragmentsQuery,
  FragmentWait,
  StreamsQuery,
  StreamWhere,
} from './emulator/streamShapes.ts';
import type { EmulatorStreams } from './emulator/streamsControl.ts';
import type { FragmentView, StreamDetails, StreamView } from './emulator/streamView.ts';
import { withInside } from './inside.ts';
import type { LogFormat, LogLevel } from './runtime/log.ts';
import type { Instant } from './runtime/time.ts';
import { type EmulatorOptions, readSettings } from './settings.ts';
import { makeWorld } from './world.ts';

export type {
  ClockChange,
  ClockState,
  CredentialsView,
  DisconnectRequest,
  EmulatorAccess,
  EmulatorClock,
  EmulatorCredentials,
  EmulatorEvent,
  EmulatorEvents,
  EmulatorFaults,
  EmulatorLimits,
  EmulatorOptions,
  EmulatorRequests,
  EmulatorSeed,
  EmulatorSnapshots,
  EmulatorStreams,
  EventFilter,
  ExplainRequest,
  Explanation,
  Fault,
  FaultNarrowing,
  FaultSet,
  FaultsQuery,
  FragmentsQuery,
  FragmentView,
  FragmentWait,
  GivenCredentials,
  GivenFault,
  Health,
  Instant,
  LimitGauge,
  LimitsChange,
  LimitsState,
  LimitsWhere,
  LogFormat,
  LogLevel,
  NamedSnapshot,
  RequestEntry,
  RequestFilter,
  RequestPage,
  ResetOptions,
  ResetResult,
  Seed,
  SeedOptions,
  SeedResult,
  SentAck,
  Snapshot,
  SnapshotContent,
  SnapshotOptions,
  StreamDetails,
  StreamLimitsChange,
  StreamLimitsState,
  StreamsQuery,
  StreamView,
  StreamWhere,
  ThrottledEntry,
  WaitOptions,
};
export { ControlError };

/** A running emulator, and all that can be done to it. */
export interface Emulator extends Face {
  /** Base address over HTTP, without a trailing slash: the `endpoint` of an AWS client. HTTPS is at the same port. */
  readonly url: string;
  readonly port: number;
  /** Ends open streams and frees the port. Calling it again does nothing. */
  stop(): Promise<void>;
}

/**
 * Starts an emulator in this process. Rejects with a sentence that names the option if one makes no sense, and with
 * node's error (`EADDRINUSE`, …) if it cannot listen.
 */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { settings, log, snapshot } = readSettings(options);
  const { world, url, port, stop } = await compose(settings, log, {
    make: async () => makeWorld,
    first: true,
    snapshot,
  });
  const inside = await world();
  return withInside({ url, port, ...inside.face, stop }, { ...inside, settings });
}
