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
import { type SavedSignaling, Signaling } from './domain/signaling/signaling.ts';
import { Streams } from './domain/streams/streams.ts';
import { limitsOf } from './emulator/limitsOf.ts';
import type { Part, PartRow, Saves } from './emulator/part.ts';
import { keysOf } from './kms/keysOf.ts';
import { makeMachine } from './makeMachine.ts';
import { ImageJobs } from './operations/archived/imageJobs.ts';
import type { Services } from './operations/operation.ts';
import { inspectFragment } from './packaging/fragmentMedia.ts';
import { relayOf } from './relay/relayOf.ts';
import type { Log } from './runtime/log.ts';
import { Repeats } from './runtime/repeats.ts';
import { sharesOf } from './runtime/room.ts';
import { runSliced } from './runtime/slices.ts';
import { SealedPayloadStore } from './store/sealed/sealedStore.ts';

/** What tests, and stores that hold something already, bring along. */
export type Instead = Partial<Services & Stores>;

/** Makes what operations use, and joins it: the service itself, with the machine and the stores under it. */
export function makeServices(options: Options, log: Log, instead: Instead, stopped: AbortSignal) {
  const { records: given, payloads: held, ...others } = instead;
  const { clock, random, chance, ids, room, records, bare } = makeMachine(options, log, {
    records: given,
    payloads: held,
  });
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
  const recordings = new Recordings({
    payloads: shelves,
    keys: recordingKeys,
    kept: records.runs,
    ids,
    room,
    log,
    limits,
  });
  const common = { clock, ids, limits, records, transitions: { creating, updating, deleting } };
  const streams = new Streams({ ...common, payloads, runs: recordings, room, log, oldestFirst, events });
  const relay = options.turn ? relayOf(options, { clock, ids, log }) : undefined;
  const sessions = new Sessions({ clock, ids, inspect, log, limits });
  const decoder = others.decoder ?? createFrameDecoder(log);
  const delivery = new Deliveries(options, { log, stopped });
  const jobs = new ImageJobs({ sessions, decoder, limits, log, signal: stopped, events, delivery, ids });
  const announcements = new Announcements({ events, ids, delivery, images: (asked) => jobs.ask(asked) });
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
  const { channels, segments, signaling, credentials } = services;
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
  // In the order in which a snapshot is loaded.
  const parts: PartRow[] = [
    { name: 'chance', snapshot: 'saved', part: chance, holds: 'which ids and secrets come next' },
    { name: 'keys', snapshot: 'saved', part: kms, holds: 'keys of the built-in KMS, and how often each was used' },
    { name: 'data keys', snapshot: 'remade', part: streamKeys, holds: 'data keys of streams, in the clear' },
    { name: 'recordings', snapshot: 'saved', part: recordings, holds: 'recordings that streams show, and their keys' },
    {
      name: 'streams',
      snapshot: 'saved',
      part: streams,
      holds: 'streams, their fragments, and which numbers come next',
    },
    { name: 'channels', snapshot: 'saved', part: channels, holds: 'signaling channels' },
    { name: 'signaling', snapshot: 'saved', part: signalingPart(signaling, channels), holds: MAIL },
    { name: 'sessions', snapshot: 'ends', part: sessions, holds: 'playback sessions' },
    { name: 'segments', snapshot: 'remade', part: segments, holds: 'segments that were made for players' },
    { name: 'events', snapshot: 'remade', part: events, holds: 'the last events, for those who come back' },
    { name: 'credentials', snapshot: 'saved', part: credentials, holds: 'who may sign, and temporary keys' },
    { name: 'limits', snapshot: 'saved', part: limits, holds: 'profile, overrides, shards' },
    { name: 'buckets', snapshot: 'saved', part: throttle, holds: 'how much of each limit is left' },
    { name: 'faults', snapshot: 'saved', part: faults, holds: 'rules, and how often each has fired' },
    { name: 'notifications', snapshot: 'saved', part: announcements, holds: 'which ids of messages come next' },
    { name: 'images', snapshot: 'saved', part: jobs, holds: 'which keys of pictures come next' },
  ];
  if (relay !== undefined) parts.push({ name: 'relay', snapshot: 'ends', part: relay, holds: 'who may use the relay' });
  return {
    services,
    recordings,
    delivery,
    streamKeys,
    clock,
    faults,
    kms: isBuiltIn ? kms : undefined,
    relay,
    parts,
    records,
    bare,
  };
}

const MAIL = 'messages that wait for who is not there';

/** Its messages are those of channels. */
const signalingPart = (signaling: Signaling, channels: Channels): Part & Saves => ({
  reset: (which) => signaling.reset(which),
  save: () => signaling.save(channels.all()),
  load: (saved: SavedSignaling) => signaling.load(saved, channels.all()),
});

/** Where the clock stands still from a given time on, a channel that is made at the same point has the same ARN anyway. */
const hasLastingArns = ({ randomSeed, clock, startTime }: Options): boolean =>
  randomSeed !== undefined && (clock !== 'frozen' || startTime === undefined);
