// The HTTP server with operations of the test's own: what is tested is the server, not the service.

import { onTestFinished } from 'vitest';
import type { AdminRoute } from '../../src/admin/adminRoute.ts';
import { Events } from '../../src/domain/events/events.ts';
import { Journal } from '../../src/domain/journal/journal.ts';
import { makeFace } from '../../src/emulator/face.ts';
import { healthControl } from '../../src/emulator/healthControl.ts';
import { AdminGuard } from '../../src/http/adminGuard.ts';
import { ownAuthority } from '../../src/http/certificates/authority.ts';
import type { DispatchParts } from '../../src/http/dispatch.ts';
import { Dispatcher } from '../../src/http/dispatch.ts';
import type { GuestRules } from '../../src/http/guests.ts';
import { lazyApp } from '../../src/http/lazyApp.ts';
import { Lobby } from '../../src/http/lobby.ts';
import type { Patience } from '../../src/http/patience.ts';
import { RequestLog } from '../../src/http/requestLog.ts';
import { HttpServer } from '../../src/http/server.ts';
import type { Certificates } from '../../src/http/tlsAcceptor.ts';
import { trustedProxies } from '../../src/http/trustedProxies.ts';
import { Road } from '../../src/operations/enter.ts';
import type { Operation, Services } from '../../src/operations/operation.ts';
import { RequestIds } from '../../src/operations/road/requestIds.ts';
import { Warnings } from '../../src/operations/road/warnings.ts';
import { differences } from '../../src/protocol/differences.ts';
import { structure } from '../../src/protocol/shapes.ts';
import { ControllableClock } from '../../src/runtime/clock.ts';
import { createIds } from '../../src/runtime/ids.ts';
import { createLog, silentLog } from '../../src/runtime/log.ts';
import { createRandom } from '../../src/runtime/random.ts';
import { Room } from '../../src/runtime/room.ts';

export interface TestServer {
  readonly port: number;
  /** Lines of the log, `LEVEL message`, at warn and above. */
  readonly log: readonly string[];
  ca(): Promise<string>;
  stop(): Promise<void>;
}

export interface TestServerOptions {
  readonly patience?: Partial<Patience>;
  readonly publicUrl?: string;
  readonly timeout?: DispatchParts['timeout'];
  readonly guests?: Partial<GuestRules>;
  readonly admin?: readonly AdminRoute[];
  readonly certificates?: Certificates;
  readonly room?: Room;
}

export async function startServer(
  operations: readonly Operation[],
  options: TestServerOptions = {},
): Promise<TestServer> {
  const clock = new ControllableClock({ frozen: true });
  const ids = createIds(createRandom(1));
  const lines: string[] = [];
  const log = createLog({
    level: 'warn',
    format: 'json',
    write: (line) => {
      const { level, message } = JSON.parse(line) as { level: string; message: string };
      // Nobody signs here; what is said of that has tests of its own.
      if (!message.includes(differences.unsigned)) lines.push(`${level.toUpperCase()} ${message}`);
    },
  });
  const { certificates = ownAuthority({ names: ['localhost', '127.0.0.1', '::1'], log }) } = options;
  // No operation of these tests asks for streams.
  const events = new Events({ clock });
  const room = options.room ?? new Room({ capacity: 1 << 30 });
  const services = { clock, ids, events, room } as unknown as Services;
  const trusted = () => certificates.trusted();
  const journal = new Journal();
  const stopping = new AbortController();
  const { face } = makeFace({
    // Nobody asks for what is in it.
    ...({} as Parameters<typeof makeFace>[0]),
    ...{
      clock,
      journal,
      parts: [],
      startSeeds: [],
      stopped: stopping.signal,
      listening: { ca: trusted },
      health: healthControl(),
    },
    placing: {} as never,
    events,
    kms: undefined,
    own: { account: '000000000000', region: 'us-east-1' },
  });
  const [account, region] = ['000000000000', 'us-east-1'];
  const surroundings = { account, region, strict: false, log, warnings: new Warnings(silentLog) };
  const road = new Road({ services, surroundings, journal });
  const { publicUrl, patience, timeout, guests, admin = [] } = options;
  const common = { log, requestIds: new RequestIds(ids), ...(patience === undefined ? {} : { patience }) };
  const dispatcher = new Dispatcher({
    operations,
    road,
    room: services.room,
    account,
    region,
    addresses: { publicUrl, names: new Set(), trusts: trustedProxies([]), port: (): number => server.port },
    guests: { ownNames: [], publicOrigin: undefined, allowedHosts: [], allowedOrigins: [], ...guests },
    otherwise: lazyApp({
      ...{ log, health: healthControl(), guard: new AdminGuard(undefined) },
      rest: async () => ({ admin, face, safe: () => undefined }),
    }),
    journal,
    ...common,
    requestLog: new RequestLog(log, () => services, { account: '000000000000' }),
    ...(timeout === undefined ? {} : { timeout }),
  });
  const lobby = new Lobby();
  lobby.open(dispatcher);
  const server: HttpServer = new HttpServer({ lobby, certificates, ...common });
  const { port } = await server.listen(0, '127.0.0.1');
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= server.stop();
    return stopped;
  };
  onTestFinished(stop);
  return { port, log: lines, ca: trusted, stop };
}

export const noInput = structure({});

/** A promise and what settles it. */
export function deferred<T = void>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
