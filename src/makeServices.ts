import { OptionError } from './config/option.ts';
import type { Options } from './config/options.ts';
import { createFrameDecoder } from './decoders/frameDecoder.ts';
import { makeDelivery } from './delivery/deliveries.ts';
import { Channels } from './domain/channels/channels.ts';
import { type CredentialSet, Credentials, NOBODY } from './domain/credentials/credentials.ts';
import { Announcements } from './domain/events/announcements.ts';
import { Events } from './domain/events/events.ts';
import { Faults } from './domain/faults/faults.ts';
import type { MediaInspector } from './domain/fragments/media.ts';
import { OldestFirst } from './domain/fragments/oldestFirst.ts';
import { Kms } from './domain/keys/kms.ts';
import { nameIn, StreamKeys } from './domain/keys/streamKeys.ts';
import { Connections } from './domain/limits/connections.ts';
import { Throttle } from './domain/limits/throttle.ts';
import type { Stores } from './domain/ports.ts';
import { SegmentCache } from './domain/segments/segmentCache.ts';
import { Sessions } from './domain/sessions/sessions.ts';
import { Signaling } from './domain/signaling/signaling.ts';
import { Streams } from './domain/streams/streams.ts';
import { ControlError } from './emulator/controlError.ts';
import { readCredentials } from './emulator/credentialReader.ts';
import { limitsOf } from './emulator/limitsOf.ts';
import type { Part } from './emulator/part.ts';
import { kmsOf } from './kms/kmsOf.ts';
import { ImageJobs } from './operations/archived/imageJobs.ts';
import type { Services } from './operations/operation.ts';
import { inspectFragment } from './packaging/fragmentMedia.ts';
import { relayOf } from './relay/relayOf.ts';
import type { TurnRelay } from './relay/turnRelay.ts';
import { ControllableClock } from './runtime/clock.ts';
import { createIds } from './runtime/ids.ts';
import { readJsonFile } from './runtime/jsonFile.ts';
import type { Log } from './runtime/log.ts';
import { createRandom } from './runtime/random.ts';
import { Repeats } from './runtime/repeats.ts';
import { Room, sharesOf } from './runtime/room.ts';
import { runSliced } from './runtime/slices.ts';
import { MemoryPayloadStore } from './store/memory/payloads.ts';
import { MemoryRecordStore } from './store/memory/records.ts';
import { SealedPayloadStore } from './store/sealed/sealedStore.ts';

/** What tests, and stores that hold something already, bring along. */
export type Instead = Partial<Services & Stores>;

interface Made {
  readonly services: Services;
  readonly clock: ControllableClock;
  readonly faults: Faults;
  readonly streamKeys: StreamKeys;
  /** The built-in KMS, if it is the one that is used. */
  readonly kms: Kms | undefined;
  /** To be started where it is to listen. */
  readonly relay: TurnRelay | undefined;
  /** Those of the services that hold state. */
  readonly parts: readonly Part[];
}

/** Makes what operations use, and joins it: the service itself, with the machine and the stores under it. */
export function makeServices(options: Options, log: Log, instead: Instead, stopped: AbortSignal): Made {
  const clock = new ControllableClock({
    startTime: options.startTime,
    frozen: options.clock === 'frozen',
    onError: (error) => log.error('Work that was due on the clock failed.', { error }),
  });
  const random = createRandom(options.randomSeed);
  const ids = createIds(random);
  // Keys are never those of a seed, which anybody may know. What they seal is on no wire.
  const chance = createRandom();
  const shares = sharesOf(options.maxMemory);
  const room = new Room({ capacity: shares.room });
  const { records = new MemoryRecordStore(room), payloads: bare = new MemoryPayloadStore(room), ...others } = instead;
  const { creatingDelay: creating, updatingDelay: updating, deletingDelay: deleting } = options;
  const oldestFirst = options.whenFull === 'drop-oldest' ? new OldestFirst() : undefined;
  const inspect: MediaInspector = (header, pieces) => runSliced(inspectFragment(header, pieces));
  const limits = limitsOf(options);
  const throttle = new Throttle({ limits, clock });
  const events = new Events({ clock });
  const faults = new Faults({ clock, events, random });
  const kms = new Kms({
    ...{ clock, ids, log, kept: records.keys, strict: options.strict },
    bytes: (count) => chance.bytes(count),
    onCall: ({ record: { id, scope } }, { operation, outcome, stream }) =>
      events.tell('key', { ...scope, stream: nameIn(stream) }, () => ({ id, operation, outcome })),
  });
  const remote = kmsOf(options, {
    log,
    onCall: ({ scope, stream, ...call }) => events.tell('key', { ...scope, stream: nameIn(stream) }, () => call),
  });
  const streamKeys = new StreamKeys({ kms: remote ?? kms, clock });
  const payloads = new SealedPayloadStore(bare, streamKeys, room);
  const common = { clock, ids, limits, records, transitions: { creating, updating, deleting } };
  const streams = new Streams({ ...common, payloads, room, log, oldestFirst, events });
  const relay = options.turn ? relayOf(options, { clock, ids, log }) : undefined;
  const sessions = new Sessions({ clock, ids, inspect, log, limits });
  const decoder = others.decoder ?? createFrameDecoder(log);
  const delivery = makeDelivery(options, { log, stopped });
  const jobs = new ImageJobs({ sessions, decoder, limits, log, signal: stopped, events, delivery, ids });
  const services: Services = {
    clock,
    ids,
    room,
    limits,
    throttle,
    connections: new Connections({ limits, clock }),
    events,
    credentials: new Credentials({ clock, ids, account: options.account, set: credentialsOf(options) }),
    streams,
    channels: new Channels({ ...common, streams, lastingArns: hasLastingArns(options) }),
    signaling: new Signaling({ clock, room, limits, events, displaced: options.displacedPeers, fate: faults.fate }),
    relay,
    sessions,
    announcements: new Announcements({ events, ids, delivery, images: (asked) => jobs.ask(asked) }),
    segments: new SegmentCache({ capacity: shares.segments, room }),
    decoder,
    repeats: new Repeats(),
    ...others,
  };
  const { channels, segments, signaling, credentials } = services;
  throttle.knows(function* () {
    yield* services.streams.all();
    yield* channels.all();
    yield* sessions.all();
  });
  kms.onChange((key) => {
    streamKeys.drop(key.arn);
    if (!kms.isOpen(key)) segments.reset();
  });
  // What can be made again goes first.
  room.onShort(() => segments.giveUp());
  if (oldestFirst !== undefined) room.onShort(() => oldestFirst.drop());
  const parts: Part[] = [
    streams,
    streamKeys,
    kms,
    signaling,
    channels,
    sessions,
    segments,
    events,
    credentials,
    limits,
    throttle,
    faults,
  ];
  return {
    services,
    streamKeys,
    clock,
    faults,
    kms: remote === undefined ? kms : undefined,
    relay,
    parts: relay === undefined ? parts : [...parts, relay],
  };
}

/** What a file says of who is known. */
function credentialsOf({ credentials: path, account }: Options): CredentialSet {
  if (path === undefined) return NOBODY;
  try {
    return readCredentials(readJsonFile(path), NOBODY, { account });
  } catch (error) {
    if (!(error instanceof ControlError)) throw new OptionError((error as Error).message);
    const where = error.path === undefined ? path : `${path} at ${error.path}`;
    throw new OptionError(`${where}: ${error.message} ${error.hint}`);
  }
}

/** Where the clock stands still from a given time on, a channel that is made at the same point has the same ARN anyway. */
const hasLastingArns = ({ randomSeed, clock, startTime }: Options): boolean =>
  randomSeed !== undefined && (clock !== 'frozen' || startTime === undefined);
