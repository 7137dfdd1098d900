import { credentialsAtStart } from './atStart.ts';
import type { Options } from './config/options.ts';
import { createFrameDecoder } from './decoders/frameDecoder.ts';
import { Deliveries } from './delivery/deliveries.ts';
import { Channels } from './domain/channels/channels.ts';
import { Credentials } from './domain/credentials/credentials.ts';
import { Announcements } from './domain/events/announcements.ts';
import { Events } from './domain/events/events.ts';
import { Faults } from './domain/faults/faults.ts';
import type { MediaInspector } from './domain/fragments/media.ts';
import { OldestFirst } from './domain/fragments/oldestFirst.ts';
import { Connections } from './domain/limits/connections.ts';
import { Throttle } from './domain/limits/throttle.ts';
import type { Stores } from './domain/ports.ts';
import { Recordings } from './domain/recordings/recordings.ts';
import { SegmentCache } from './domain/segments/segmentCache.ts';
import { Sessions } from './domain/sessions/sessions.ts';
import { Signaling } from './domain/signaling/signaling.ts';
import { Streams } from './domain/streams/streams.ts';
import { limitsOf } from './emulator/limitsOf.ts';
import type { Front } from './front.ts';
import { keysOf } from './kms/keysOf.ts';
import { ImageJobs } from './operations/archived/imageJobs.ts';
import type { Services } from './operations/operation.ts';
import { inspectFragment } from './packaging/fragmentMedia.ts';
import { relayOf } from './relay/relayOf.ts';
import { ControllableClock } from './runtime/clock.ts';
import { Repeats } from './runtime/repeats.ts';
import { sharesOf } from './runtime/room.ts';
import { runSliced } from './runtime/slices.ts';
import { partsOf } from './serviceParts.ts';
import { MemoryPayloadStore } from './store/memory/payloads.ts';
import { MemoryRecordStore } from './store/memory/records.ts';
import { SealedPayloadStore } from './store/sealed/sealedStore.ts';

/** What somebody brings along in place of what would be made here. */
export interface Brought {
  readonly records?: Stores['records'] | undefined;
  readonly payloads?: Stores['payloads'] | undefined;
}

/** What tests, and stores that hold something already, bring along. */
export type Instead = Partial<Services> & Brought;

/** Makes what operations use, and joins it: the service itself, with the stores under it. */
export function makeServices(options: Options, { log, machine }: Front, instead: Instead, stopped: AbortSignal) {
  const { records: given, payloads: brought, ...others } = instead;
  const { random, chance, ids, room } = machine;
  const clock = new ControllableClock({
    startTime: options.startTime,
    frozen: options.clock === 'frozen',
    onError: (error) => log.error('Work that was due on the clock failed.', { error }),
  });
  const records = given ?? new MemoryRecordStore(room);
  const bare = brought ?? new MemoryPayloadStore(room);
  const { creatingDelay: creating, updatingDelay: updating, deletingDelay: deleting } = options;
  const oldestFirst = options.whenFull === 'drop-oldest' ? new OldestFirst() : undefined;
  const inspect: MediaInspector = (header, pieces) => runSliced(inspectFragment(header, pieces));
  const limits = limitsOf(options);
  const throttle = new Throttle({ limits, clock });
  const events = new Events({ clock });
  const faults = new Faults({ clock, events, random });
  const { kms, streamKeys, recordingKeys, isBuiltIn } = keysOf(options, {
    ...{ clock, ids, log, events, kept: records.keys, stopped },
  });
  const payloads = new SealedPayloadStore(bare, streamKeys, room);
  const shelves = new SealedPayloadStore(bare, recordingKeys, room);
  const ofRecordings = { payloads: shelves, keys: recordingKeys, kept: records.runs };
  const recordings = new Recordings({ ...ofRecordings, ids, room, log, limits });
  const common = { clock, ids, limits, records, transitions: { creating, updating, deleting } };
  const activation = options.activationDelay;
  const streams = new Streams({ ...common, activation, payloads, runs: recordings, room, log, oldestFirst, events });
  const relay = options.turn ? relayOf(options, { clock, ids, log }) : undefined;
  const sessions = new Sessions({ clock, ids, inspect, log, limits });
  const decoder = others.decoder ?? createFrameDecoder(log);
  const delivery = new Deliveries(options, { log, stopped });
  const jobs = new ImageJobs({ sessions, decoder, limits, log, signal: stopped, events, delivery, ids });
  const announcements = new Announcements({ clock, events, ids, delivery, images: (asked) => jobs.ask(asked) });
  const services: Services = {
    ...{ clock, ids, room, limits, throttle, events, streams, relay, sessions, decoder },
    connections: new Connections({ limits, clock }),
    credentials: new Credentials({ clock, ids, account: options.account, set: credentialsAtStart(options) }),
    channels: new Channels({ ...common, streams, lastingArns: hasLastingArns(options) }),
    signaling: new Signaling({ clock, room, limits, events, displaced: options.displacedPeers, fate: faults.fate }),
    announcements,
    segments: new SegmentCache({ capacity: sharesOf(options.maxMemory).segments, room }),
    repeats: new Repeats(),
    ...others,
  };
  const { channels, segments } = services;
  throttle.knows(function* () {
    yield* services.streams.all();
    yield* channels.all();
    yield* sessions.all();
  });
  kms.onChange((key) => {
    if (!kms.isOpen(key)) segments.reset();
  });
  // What can be made again goes first.
  room.onShort(() => segments.giveUp());
  if (oldestFirst !== undefined) room.onShort(() => oldestFirst.drop());
  const parts = partsOf({ ...services, chance, kms, streamKeys, recordings, faults, jobs, relay });
  const made = { services, recordings, delivery, streamKeys, clock, faults, relay, parts, records, bare };
  return { ...made, kms: isBuiltIn ? kms : undefined };
}

/** Where the clock stands still from a given time on, a channel that is made at the same point has the same ARN anyway. */
const hasLastingArns = ({ randomSeed, clock, startTime, dataDir }: Options): boolean =>
  (randomSeed !== undefined || dataDir !== undefined) && (clock !== 'frozen' || startTime === undefined);
