import { setMaxListeners } from 'node:events';
import type { Assembled } from './assembled.ts';
import { faultsAtStart, limitsAtStart, refuseStart, seedsAtStart } from './atStart.ts';
import type { Options } from './config/options.ts';
import { tellUnfired } from './domain/faults/unfired.ts';
import { Journal } from './domain/journal/journal.ts';
import { tellRequests } from './domain/journal/tellRequests.ts';
import { type Listening, makeFace } from './emulator/face.ts';
import type { PartRow } from './emulator/part.ts';
import { whenSafe } from './emulator/whenSafe.ts';
import { type Front, makeFront } from './front.ts';
import { type Instead, makeServices } from './makeServices.ts';
import { documentOf, tracksOf } from './operations/archived/inside.ts';
import { tagsOf } from './operations/archived/insideTags.ts';
import { Road } from './operations/enter.ts';
import { placingOf } from './operations/media/place.ts';
import { showingOf } from './operations/media/showRecording.ts';
import { playbackRegistry, registry } from './operations/registry.ts';
import { actionTable } from './operations/road/asked.ts';
import { faultable as asFaultable } from './operations/road/faults.ts';
import { gatesOf, useLimits } from './operations/road/gates.ts';
import { Warnings } from './operations/road/warnings.ts';
import { trustedCalls } from './operations/trustedCalls.ts';
import type { LevelLog } from './runtime/log.ts';
import { sharesOf } from './runtime/room.ts';
import { besideServices } from './serviceParts.ts';
import { Snapshots } from './snapshots/snapshots.ts';
import { tokenDesk } from './tokens/desk.ts';

const ASKS = { none: 'nothing', sigv4: 'signatures', iam: 'policies' } as const;
const inside = { tracks: tracksOf, tags: tagsOf, document: documentOf };

/** Makes everything there is one of, but for the socket, and joins it. */
export const assemble = (options: Options, log: LevelLog, listening?: Listening, instead?: Instead): Assembled =>
  assembleBehind(makeFront(options, log), options, listening, instead);

/** The same with a front that is there already. */
export function assembleBehind(
  front: Front,
  options: Options,
  listening: Listening | undefined,
  instead: Instead = {},
): Assembled {
  const { account, region, strict } = options;
  const lasts = options.dataDir !== undefined;
  const stopping = new AbortController();
  // As many as may wait for something.
  setMaxListeners(0, stopping.signal);
  const { log, live, requestIds, health } = front;
  const made = makeServices(options, front, instead, stopping.signal);
  const { services, recordings, clock, faults, kms, streamKeys, relay, parts: own, records, bare } = made;
  const safe = (): Promise<void> | undefined => records.safe();
  const { credentials, events } = services;
  front.tell(events);
  live.onChange((now) => made.delivery.use(now));
  const journal = new Journal({ bytes: sharesOf(options.maxMemory).journal });
  tellRequests(journal, events);
  const warnings = new Warnings(log);
  const gates = gatesOf(options, credentials, faults);
  const surroundings = { ...options, log, warnings };
  const road = new Road({ services, safe, journal, surroundings, gates });
  useLimits(road, services);
  const placing = placingOf({ clock, log, strict }, services.room);
  const parts: PartRow[] = [...own, ...besideServices({ journal, requestIds, warnings, live })];
  const snapshots = new Snapshots({ clock, parts, records, bare, streams: services.streams }, services.room);
  const showing = showingOf({ clock, log, strict }, recordings, { account, region });
  const { seeds: startSeeds, folder } = seedsAtStart(options);
  const seeding = { call: trustedCalls({ services, surroundings }), showing, folder, log };
  const faultable = [...registry, ...playbackRegistry].map(asFaultable);
  const { face: plain, seedAtStart } = makeFace({
    ...{ startSeeds, seeding },
    ...{ ...services, inside, placing, streamKeys, clock, kms, own: { account, region }, journal, parts, listening },
    ...{ actions: actionTable(registry), faults, faultable, live, health },
    stopped: stopping.signal,
    snapshotStore: snapshots,
    ready: () => snapshots.ready(),
    begin: (keep) => snapshots.again(keep),
    lasts,
  });
  const face = { ...plain, reset: whenSafe(plain.reset, safe) };
  limitsAtStart(options, services.limits, face);
  faultsAtStart(options, faults, faultable);
  return {
    ...{ services, safe, log, relay, road, requestIds, face, journal, live, parts, snapshots },
    tokens: tokenDesk({ credentials, asks: ASKS[options.auth] }),
    seedAtStart: () => seedAtStart().catch(refuseStart),
    stopped: stopping.signal,
    stop() {
      stopping.abort();
      warnings.finish();
      tellUnfired(faults, log);
      clock.stop();
    },
  };
}
