import type { Options } from './config/options.ts';
import { userIdOf } from './domain/credentials/identity.ts';
import { Journal } from './domain/journal/journal.ts';
import { type Face, type Listening, makeFace } from './emulator/face.ts';
import type { Part } from './emulator/part.ts';
import { type Instead, makeServices } from './makeServices.ts';
import { type Gates, Road } from './operations/enter.ts';
import type { Services } from './operations/operation.ts';
import { registry } from './operations/registry.ts';
import { accessGate } from './operations/road/accessGate.ts';
import { actionTable } from './operations/road/asked.ts';
import { RequestIds } from './operations/road/requestIds.ts';
import { signatureStep } from './operations/road/signature.ts';
import { Warnings } from './operations/road/warnings.ts';
import type { TurnRelay } from './relay/turnRelay.ts';
import type { Log } from './runtime/log.ts';
import { sharesOf } from './runtime/room.ts';
import { type TokenDesk, tokenDesk } from './tokens/desk.ts';

/** An emulator that nobody can reach yet. */
export interface Assembled {
  readonly services: Services;
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
  /** To be started where it is to listen. */
  readonly relay: TurnRelay | undefined;
  stop(): void;
}

/** Makes everything there is one of, but for the socket, and joins it. */
export function assemble(options: Options, log: Log, listening?: Listening, instead: Instead = {}): Assembled {
  const { account, region, strict } = options;
  const { services, clock, relay, parts: own } = makeServices(options, log, instead);
  const { ids, streams, channels, signaling, credentials } = services;
  const journal = new Journal({ bytes: sharesOf(options.maxMemory).journal });
  const requestIds = new RequestIds(ids);
  const warnings = new Warnings(log);
  const gates: Gates = {
    signature: options.auth === 'none' ? undefined : signatureStep(credentials),
    access:
      options.auth === 'iam'
        ? accessGate({ identityOf: ({ signer }) => signer, userIdOf, reasons: options.denialReasons })
        : undefined,
  };
  const stopping = new AbortController();
  const parts: Part[] = [...own, journal, requestIds, warnings];
  return {
    services,
    relay,
    road: new Road({ services, journal, surroundings: { account, region, strict, log, warnings }, gates }),
    requestIds,
    tokens: tokenDesk({ credentials, verifies: options.auth !== 'none' }),
    face: makeFace({
      ...{ clock, streams, channels, signaling, credentials, own: { account, region }, journal, parts, listening },
      actions: actionTable(registry),
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
