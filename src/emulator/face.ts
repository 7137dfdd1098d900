import type { Channels } from '../domain/channels/channels.ts';
import type { Credentials } from '../domain/credentials/credentials.ts';
import type { Events } from '../domain/events/events.ts';
import type { Faultable } from '../domain/faults/faultable.ts';
import type { Faults } from '../domain/faults/faults.ts';
import type { Journal } from '../domain/journal/journal.ts';
import type { Kms } from '../domain/keys/kms.ts';
import type { StreamKeys } from '../domain/keys/streamKeys.ts';
import type { Connections } from '../domain/limits/connections.ts';
import type { Limits } from '../domain/limits/limits.ts';
import type { Throttle } from '../domain/limits/throttle.ts';
import type { Scope } from '../domain/resources/scope.ts';
import type { Sessions } from '../domain/sessions/sessions.ts';
import type { Signaling } from '../domain/signaling/signaling.ts';
import type { Streams } from '../domain/streams/streams.ts';
import type { ControllableClock } from '../runtime/clock.ts';
import { type AccessParts, accessControl, type EmulatorAccess } from './accessControl.ts';
import { channelControl, type EmulatorChannels } from './channelControl.ts';
import { clockControl, type EmulatorClock } from './clockControl.ts';
import { type ConfigParts, configControl, type EmulatorConfig } from './configControl.ts';
import { ControlError } from './controlError.ts';
import { credentialsControl, type EmulatorCredentials } from './credentialsControl.ts';
import { type EmulatorEvents, eventsControl } from './eventsControl.ts';
import { type EmulatorFaults, faultControl } from './faultControl.ts';
import { gaugesOfStream } from './gauges.ts';
import type { Health } from './healthControl.ts';
import { type EmulatorKeys, keyControl } from './keyControl.ts';
import { type EmulatorLimits, limitsControl } from './limitsControl.ts';
import { type Metrics, metricsControl } from './metricsControl.ts';
import type { PartRow } from './part.ts';
import { type PlaceMedia, type PlaceParts, placeControl } from './placeControl.ts';
import { type EmulatorRequests, requestsControl } from './requestsControl.ts';
import { type Reset, type ResetParts, resetControl } from './resetControl.ts';
import { type EmulatorSeed, type SeedAtStart, type StartSeed, seedControl, sowerAtStart } from './seedControl.ts';
import type { SeedParts } from './seedParts.ts';
import { type EmulatorSnapshots, type SnapshotStore, snapshotControl, type TakeSnapshot } from './snapshotControl.ts';
import { type EmulatorStreams, streamsControl } from './streamsControl.ts';
import type { Inside } from './streamView.ts';

/**
 * All that can be done to a running emulator besides calling the service. The library gives it out, the routes under
 * `/_kvs` turn JSON into it, the command line calls those. What makes no sense is refused with a ControlError.
 */
export interface Face {
  readonly clock: EmulatorClock;
  /** The last 1,000 requests, oldest first, and what AWS would have done differently. */
  readonly requests: EmulatorRequests;
  /** What happens, as it happens. */
  readonly events: EmulatorEvents;
  /** Streams from within: fragments, connections; waiting for fragments, ending connections. */
  readonly streams: EmulatorStreams & { readonly place: PlaceMedia };
  /** How much is let through: profile, overrides, shards, and what is left of each limit. */
  readonly limits: EmulatorLimits;
  /** Rules that make the service fail on purpose. */
  readonly faults: EmulatorFaults;
  /** Signaling channels: who is connected, what waits for whom; and what can be done to connections. */
  readonly channels: EmulatorChannels;
  /** Who may sign requests: access keys, roles, and role aliases for devices. */
  readonly credentials: EmulatorCredentials;
  /** What policies allow, and which statement decides. */
  readonly access: EmulatorAccess;
  /** The keys of the built-in KMS, which media are sealed with. */
  readonly keys: EmulatorKeys;
  /** Options that may be others while it runs: the log's level, the public address, where events go. */
  readonly config: EmulatorConfig;
  /**
   * Takes everything back to how it started: no streams, channels, sessions and requests, the clock and the ids as at
   * first. Of an account, a region or both only what is theirs goes, and clock and ids go on. Open connections end as
   * if their stream were deleted.
   */
  readonly reset: Reset;
  /** All of the state at this moment, to go back to and to write into a file. */
  readonly snapshot: TakeSnapshot;
  /** Snapshots by name, and archives that are read back. */
  readonly snapshots: EmulatorSnapshots;
  /** Makes what a seed says: streams and their recordings, channels, keys, who may sign, faults, limits, and the time. */
  readonly seed: EmulatorSeed;
  /** CloudWatch’s metrics by stream, and those of the process, in Prometheus’ text form. */
  readonly metrics: Metrics;
  /** That it answers, its version, and for how long. */
  health(): Health;
  /** The certificates that a client has to trust for https, as PEM. */
  ca(): Promise<string>;
}

/** What can be asked of an emulator only if it listens. */
export type Listening = Pick<Face, 'ca'>;

const OFFLINE: Listening = {
  ca: () => Promise.reject(new ControlError('Nothing listens for https here.', 'Start it with createEmulator().')),
};

export interface FaceParts {
  readonly clock: ControllableClock;
  readonly streams: Streams;
  readonly sessions: Sessions;
  readonly events: Events;
  readonly inside: Inside;
  readonly streamKeys: StreamKeys;
  readonly limits: Limits;
  readonly throttle: Throttle;
  readonly connections: Connections;
  readonly placing: Pick<PlaceParts, 'room' | 'place' | 'isRefusal'>;
  readonly seeding: Pick<SeedParts, 'call' | 'showing' | 'folder' | 'log'>;
  /** What is there from the start. */
  readonly startSeeds: readonly StartSeed[];
  readonly channels: Channels;
  readonly signaling: Signaling;
  readonly credentials: Credentials;
  /** Every action of the service, and what it is about. */
  readonly actions: AccessParts['actions'];
  readonly faults: Faults;
  /** What can be made to fail. */
  readonly faultable: readonly Faultable[];
  /** Undefined if keys are those of another KMS. */
  readonly kms: Kms | undefined;
  /** Whose a thing is if it is not said. */
  readonly own: Scope;
  readonly journal: Journal;
  readonly live: ConfigParts;
  readonly parts: readonly PartRow[];
  readonly snapshotStore: SnapshotStore;
  /** See ResetParts. */
  readonly ready?: ResetParts['ready'];
  readonly begin?: ResetParts['begin'];
  readonly lasts?: boolean | undefined;
  /** Aborted when the emulator stops. */
  readonly stopped: AbortSignal;
  readonly listening?: Listening | undefined;
  readonly health: Face['health'];
}

export const makeFace = ({
  clock,
  streams,
  journal,
  parts,
  stopped,
  listening = OFFLINE,
  ...rest
}: FaceParts): { readonly face: Face; readonly seedAtStart: SeedAtStart } => {
  const { events, own } = rest;
  const ownClock = clockControl(clock, events);
  const limits = limitsControl(rest.limits, { ...rest, streams }, own);
  const faults = faultControl(rest.faults, rest.faultable);
  const credentials = credentialsControl(rest.credentials, { account: own.account });
  const keys = keyControl(rest.kms, own);
  const controls = { clock: ownClock, limits, faults, credentials, keys };
  const seeding = { ...rest, ...rest.seeding, streams, controls, room: rest.placing.room };
  const seedAtStart = sowerAtStart(seeding, rest.startSeeds);
  const face: Face = {
    ...controls,
    events: eventsControl(events, ownClock.state, stopped),
    streams: {
      ...streamsControl({
        streams,
        stopped,
        gauges: (stream) => gaugesOfStream({ ...rest, streams }, stream),
        ...rest,
      }),
      place: placeControl({ streams, own, clock, stopped, ...rest.placing }),
    },
    metrics: metricsControl(streams),
    requests: requestsControl(journal, stopped),
    channels: channelControl(rest.channels, rest.signaling, own),
    access: accessControl({ ...rest, homes: { streams, channels: rest.channels }, clock }),
    config: configControl(rest.live),
    seed: seedControl(seeding),
    reset: resetControl({
      ...{ clock, streams, parts, events, seedAtStart },
      ...{ ready: rest.ready, begin: rest.begin, lasts: rest.lasts },
    }),
    ...snapshotControl(rest.snapshotStore, events),
    health: rest.health,
    ...listening,
  };
  return { face, seedAtStart };
};
