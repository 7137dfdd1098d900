import { OptionError } from './config/option.ts';
import type { Options } from './config/options.ts';
import { createFrameDecoder } from './decoders/frameDecoder.ts';
import { Channels } from './domain/channels/channels.ts';
import type { MediaInspector } from './domain/fragments/media.ts';
import { OldestFirst } from './domain/fragments/oldestFirst.ts';
import { Journal } from './domain/journal/journal.ts';
import { Limits } from './domain/limits/limits.ts';
import type { Stores } from './domain/ports.ts';
import { SegmentCache } from './domain/segments/segmentCache.ts';
import { Sessions } from './domain/sessions/sessions.ts';
import { PAYLOAD_ON_AWS } from './domain/signaling/meeting.ts';
import { Signaling } from './domain/signaling/signaling.ts';
import { Streams } from './domain/streams/streams.ts';
import { type Face, type Listening, makeFace } from './emulator/face.ts';
import type { Part } from './emulator/part.ts';
import { Road } from './operations/enter.ts';
import type { Services } from './operations/operation.ts';
import { RequestIds } from './operations/road/requestIds.ts';
import { Warnings } from './operations/road/warnings.ts';
import { inspectFragment } from './packaging/fragmentMedia.ts';
import { findTurnPackage, TurnRelay } from './relay/turnRelay.ts';
import { ControllableClock } from './runtime/clock.ts';
import { createIds, type Ids } from './runtime/ids.ts';
import type { Log } from './runtime/log.ts';
import { createRandom } from './runtime/random.ts';
import { Repeats } from './runtime/repeats.ts';
import { Room, sharesOf } from './runtime/room.ts';
import { runSliced } from './runtime/slices.ts';
import { MemoryPayloadStore } from './store/memory/payloads.ts';
import { MemoryRecordStore } from './store/memory/records.ts';

/** What tests, and stores that hold something already, bring along. */
type Instead = Partial<Services & Stores>;

/** An emulator that nobody can reach yet. */
export interface Assembled {
  readonly services: Services;
  /** The one way to every operation. */
  readonly road: Road;
  readonly requestIds: RequestIds;
  /** All that can be done to it besides. */
  readonly face: Face;
  readonly journal: Journal;
  /** Everything that holds state; whoever brings some adds itself. */
  readonly parts: Part[];
  /** To be started where it is to listen. */
  readonly relay: TurnRelay | undefined;
  stop(): void;
}

/** Makes everything there is one of, but for the socket, and joins it. */
export function assemble(options: Options, log: Log, listening?: Listening, instead: Instead = {}): Assembled {
  const { account, region, strict, maxMemory, startTime, whenFull } = options;
  const clock = new ControllableClock({
    startTime,
    frozen: options.clock === 'frozen',
    onError: (error) => log.error('Work that was due on the clock failed.', { error }),
  });
  const ids = createIds(createRandom(options.randomSeed));
  const shares = sharesOf(maxMemory);
  const room = new Room({ capacity: shares.room });
  const { records = new MemoryRecordStore(room), payloads = new MemoryPayloadStore(room), ...others } = instead;
  const { creatingDelay: creating, updatingDelay: updating, deletingDelay: deleting } = options;
  const oldestFirst = whenFull === 'drop-oldest' ? new OldestFirst() : undefined;
  const inspect: MediaInspector = (fragment, pieces) => runSliced(inspectFragment(fragment, pieces));
  const limits = new Limits({
    'account.streams': options.streamLimit,
    'account.channels': options.channelLimit,
    ...(strict ? { 'signaling.payload': PAYLOAD_ON_AWS } : {}),
  });
  const common = { clock, ids, limits, records, transitions: { creating, updating, deleting } };
  const streams = new Streams({ ...common, payloads, room, log, oldestFirst });
  const relay = options.turn ? makeRelay(options, { clock, ids, log }) : undefined;
  const services: Services = {
    clock,
    ids,
    room,
    limits,
    streams,
    channels: new Channels({ ...common, streams }),
    signaling: new Signaling({ clock, room, limits, displaced: options.displacedPeers }),
    relay,
    sessions: new Sessions({ clock, ids, inspect, log, limits }),
    segments: new SegmentCache({ capacity: shares.segments, room }),
    decoder: createFrameDecoder(log),
    repeats: new Repeats(),
    ...others,
  };
  const { channels, sessions, segments, signaling } = services;
  // What can be made again goes first.
  room.onShort(() => segments.giveUp());
  if (oldestFirst !== undefined) room.onShort(() => oldestFirst.drop());
  const journal = new Journal({ bytes: shares.journal });
  const requestIds = new RequestIds(ids);
  const warnings = new Warnings(log);
  const stopping = new AbortController();
  const parts: Part[] = [streams, signaling, channels, sessions, segments, journal, requestIds, warnings];
  if (relay !== undefined) parts.push(relay);
  return {
    services,
    relay,
    road: new Road({ services, journal, surroundings: { account, region, strict, log, warnings } }),
    requestIds,
    face: makeFace({
      ...{ clock, streams, channels, signaling, own: { account, region }, journal, parts, listening },
      stopped: stopping.signal,
    }),
    journal,
    parts,
    stop() {
      stopping.abort();
      warnings.finish();
      clock.stop();
    },
  };
}

/** @throws OptionError if the package is not installed */
function makeRelay(
  { turnPorts: ports }: Options,
  { clock, ids, log }: { clock: ControllableClock; ids: Ids; log: Log },
): TurnRelay {
  const path = findTurnPackage();
  if (path === undefined) {
    throw new OptionError('--turn needs a package that is not installed: npm install node-turn');
  }
  return new TurnRelay({ path, ports, clock, log, secret: ids.of('turn').version() });
}
