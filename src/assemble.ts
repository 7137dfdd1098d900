import { setMaxListeners } from 'node:events';
import { OptionError } from './config/option.ts';
import type { Options } from './config/options.ts';
import { userIdOf } from './domain/credentials/identity.ts';
import type { Events } from './domain/events/events.ts';
import type { Faults } from './domain/faults/faults.ts';
import { Journal } from './domain/journal/journal.ts';
import type { Limits } from './domain/limits/limits.ts';
import { PROFILES, type Profile } from './domain/limits/limitTable.ts';
import { ControlError } from './emulator/controlError.ts';
import { type Face, type FaceParts, type Listening, makeFace } from './emulator/face.ts';
import { readFaults } from './emulator/faultControl.ts';
import type { LimitsChange } from './emulator/limitsControl.ts';
import type { Part } from './emulator/part.ts';
import { type Instead, makeServices } from './makeServices.ts';
import { documentOf, tagsOf, tracksOf } from './operations/archived/inside.ts';
import { type Gates, Road } from './operations/enter.ts';
import { PlaceError, place } from './operations/media/place.ts';
import type { Services } from './operations/operation.ts';
import { playbackRegistry, registry } from './operations/registry.ts';
import { accessGate } from './operations/road/accessGate.ts';
import { actionTable } from './operations/road/asked.ts';
import { faultable as asFaultable, faultsStep } from './operations/road/faults.ts';
import { limitGates } from './operations/road/limitGates.ts';
import { RequestIds } from './operations/road/requestIds.ts';
import { signatureStep } from './operations/road/signature.ts';
import { Warnings } from './operations/road/warnings.ts';
import type { TurnRelay } from './relay/turnRelay.ts';
import { readJsonFile } from './runtime/jsonFile.ts';
import { type Log, overheard } from './runtime/log.ts';
import { sharesOf } from './runtime/room.ts';
import { type TokenDesk, tokenDesk } from './tokens/desk.ts';

/** Of what a rule is about, in the log. Characters. */
const MOST_TOLD = 200;

/** An emulator that nobody can reach yet. */
export interface Assembled {
  readonly services: Services;
  /** For whoever joins; what it shows is told as events, too. */
  readonly log: Log;
  /** The one way to every operation. */
  readonly road: Road;
  readonly requestIds: RequestIds;
  /** Where tokens are handed out. */
  readonly tokens: TokenDesk;
  /** All that can be done to it besides. */
  readonly face: Face;
  readonly journal: Journal;
  /** Everything that holds state; whoever brings some adds itself. */
  readonly parts: Part[];
  /**
   * Rules that are there from the start, as JSON.
   * @throws ControlError if they make no sense, SyntaxError if they are no JSON
   */
  startWithFaults(text: string): void;
  /** To be started where it is to listen. */
  readonly relay: TurnRelay | undefined;
  /** Aborted when it stops. */
  readonly stopped: AbortSignal;
  stop(): void;
}

const inside = { tracks: tracksOf, tags: tagsOf, document: documentOf };

/** Each request is told of when its answer has begun and it lasts, and when it is over. */
function tellOfRequests(journal: Journal, events: Events): void {
  journal.watch((entry) => {
    if (!events.heard) return;
    const { account, region, resource, names } = entry;
    events.tell('request', { account, region, [names]: resource }, () => ({ entry }));
  });
}

/** Makes everything there is one of, but for the socket, and joins it. */
export function assemble(options: Options, given: Log, listening?: Listening, instead: Instead = {}): Assembled {
  const { account, region, strict } = options;
  const stopping = new AbortController();
  // As many as may wait for something.
  setMaxListeners(0, stopping.signal);
  let events: Events | undefined;
  const log = overheard(given, (level, text) => events?.tell('log', {}, () => ({ level, text: text() })));
  const made = makeServices(options, log, instead, stopping.signal);
  const { services, clock, faults, kms, streamKeys, relay, parts: own } = made;
  const { ids, credentials } = services;
  events = services.events;
  const journal = new Journal({ bytes: sharesOf(options.maxMemory).journal });
  tellOfRequests(journal, services.events);
  const requestIds = new RequestIds(ids);
  const warnings = new Warnings(log);
  const gates: Gates = {
    signature: options.auth === 'none' ? undefined : signatureStep(credentials),
    access:
      options.auth === 'iam'
        ? accessGate({ identityOf: ({ signer }) => signer, userIdOf, reasons: options.denialReasons })
        : undefined,
    faults: faultsStep(faults),
  };
  const road = new Road({ services, journal, surroundings: { ...options, log, warnings }, gates });
  useLimits(road, services);
  const placeServices = { clock, log, strict };
  const placing: FaceParts['placing'] = {
    room: services.room,
    place: (stream, wanted, pieces, signal) => place(placeServices, stream, wanted, pieces, signal),
    isRefusal: (error) => error instanceof PlaceError,
  };
  const parts: Part[] = [...own, journal, requestIds, warnings];
  const faultable = [...registry, ...playbackRegistry].map(asFaultable);
  const face = makeFace({
    ...{ ...services, inside, placing, streamKeys, clock, kms, own: { account, region }, journal, parts, listening },
    actions: actionTable(registry),
    ...{ faults, faultable },
    stopped: stopping.signal,
  });
  beginLimits(services.limits, face, options.limits);
  return {
    services,
    log,
    relay,
    road,
    requestIds,
    tokens: tokenDesk({ credentials, verifies: options.auth !== 'none' }),
    face,
    journal,
    parts,
    stopped: stopping.signal,
    startWithFaults: (text) => faults.startWith(readFaults(JSON.parse(text), faultable, new Set())),
    stop() {
      stopping.abort();
      warnings.finish();
      tellUnfired(faults, log);
      clock.stop();
    },
  };
}

/** Nothing is asked of a call as long as nothing is limited. */
function useLimits(road: Road, { limits, throttle, connections }: Services): void {
  const gates = limitGates(throttle, connections);
  const none = { accountRate: undefined, streamRate: undefined, connections: undefined };
  const use = (): void => road.use(limits.throttles ? gates : none);
  limits.onChange(use);
  use();
}

/** A profile by its name, or what a file says as PUT /_kvs/limits takes it. A reset leads back to it. */
function beginLimits(limits: Limits, face: Face, said: string): void {
  try {
    if (isProfile(said)) face.limits.set({ profile: said });
    else face.limits.set(readJsonFile(said) as LimitsChange);
  } catch (error) {
    const hint = error instanceof ControlError ? ` (${error.path ?? '/'}) ${error.hint}` : '';
    throw new OptionError(`The limits make no sense: ${error instanceof Error ? error.message : error}${hint}`);
  }
  limits.begin();
}

const isProfile = (said: string): said is Profile => PROFILES.some((name) => name === said);
/** A rule that nothing has come under is one that was made for nothing, or wrongly. */
function tellUnfired({ rules }: Faults, log: Log): void {
  for (const { fired, spec } of rules) {
    if (fired > 0) continue;
    log.warn(`The fault ${spec.id} has never fired.`, { match: JSON.stringify(spec.match).slice(0, MOST_TOLD) });
  }
}
