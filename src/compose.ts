import { OptionError } from './config/option.ts';
import type { Options } from './config/options.ts';
import { folderAtStart } from './folderAtStart.ts';
import { makeFront } from './front.ts';
import { ownAddresses } from './http/address.ts';
import { AdminGuard } from './http/adminGuard.ts';
import { makeCertificates } from './http/certificates/certificates.ts';
import { Dispatcher } from './http/dispatch.ts';
import { guestRulesOf } from './http/guestRules.ts';
import { isLoopback } from './http/guests.ts';
import { lazyApp } from './http/lazyApp.ts';
import { Lobby } from './http/lobby.ts';
import { openToAll, reachable } from './http/reach.ts';
import { RequestLog } from './http/requestLog.ts';
import { HttpServer } from './http/server.ts';
import { trustedProxies } from './http/trustedProxies.ts';
import type { Open } from './running.ts';
import { inTurn } from './runtime/inTurn.ts';
import type { LevelLog } from './runtime/log.ts';
import { ReadyFile } from './runtime/readyFile.ts';
import type { DataFolder } from './store/disk/dataFolder.ts';
import type { makeWorld, World } from './world.ts';

const notYet = (): never => {
  throw new TypeError('There is no service yet.');
};
/** What the emulator itself is asked for needs none of it. */
const NO_SERVICE = { operations: [], road: { begin: notYet, enter: notYet }, journal: { changed: () => undefined } };

/** How the service is made, which may have to be loaded for that, and when. */
export interface Making {
  readonly make: () => Promise<typeof makeWorld>;
  /** Before anybody can connect; else when somebody asks for it, or a moment later. */
  readonly first: boolean;
  readonly snapshot?: AsyncIterable<Uint8Array> | undefined;
}

export interface Composed extends Open {
  world(): Promise<World>;
}

/** Opens the port of an emulator. Rejects if it cannot listen, or cannot have the folder that it is to keep things in. */
export async function compose(options: Options, given: LevelLog, making: Making): Promise<Composed> {
  const folder = await folderAtStart(options, given);
  try {
    return await composeOn(folder, options, given, making);
  } catch (error) {
    await folder?.close();
    throw error;
  }
}

async function composeOn(
  folder: DataFolder | undefined,
  options: Options,
  given: LevelLog,
  { make, first, snapshot }: Making,
): Promise<Composed> {
  const certificates = await makeCertificates(options, given, folder?.secrets);
  const front = makeFront(options, given, folder);
  const { log, live, requestIds, health, machine } = front;
  const { account, region, publicUrl } = options;
  let made: World | undefined;
  let making: Promise<World> | undefined;
  const world = (): Promise<World> => {
    making ??= makeNow();
    return making;
  };
  const app = lazyApp({
    ...{ health, log, guard: new AdminGuard(options.adminToken) },
    async rest() {
      const [{ adminRegistry: admin }, { face, safe }] = await Promise.all([
        inTurn(() => import('./admin/registry.ts')),
        world(),
      ]);
      return { admin, face, safe };
    },
  });
  const trusts = trustedProxies(options.trustedProxies);
  const http = {
    addresses: ownAddresses(live, { trusts, port: (): number => server.port }),
    guests: guestRulesOf(options, live),
    otherwise: app,
    requestLog: new RequestLog(log, () => made?.services, options),
  };
  const early = new Dispatcher({ ...http, ...NO_SERVICE, room: machine.room, account, region, log, requestIds });
  const lobby = new Lobby(early, () => {
    // Whoever has started it hears of what fails.
    world().catch(() => undefined);
  });
  const listening = { ca: () => certificates.trusted() };
  async function makeNow(): Promise<World> {
    const makeWorld = await make();
    made = await makeWorld(options, { front, folder, listening, http, snapshot });
    lobby.open(made.dispatcher);
    return made;
  }
  const server: HttpServer = new HttpServer({ lobby, certificates, log, requestIds });
  const ready = options.readyFile === undefined ? undefined : new ReadyFile(options.readyFile);
  if (first) await world();
  const where = await server.listen(options.port, options.host);
  const { port } = where;
  const url = `http://${reachable(options.host)}:${port}`;
  const end = async (): Promise<void> => {
    await server.stop();
    const begun = await making?.catch(() => undefined);
    await begun?.relay?.stop();
    begun?.stop();
    await folder?.close();
  };
  const orEnd = async (work: () => unknown, told: string): Promise<void> => {
    try {
      await work();
    } catch (error) {
      await end();
      throw new OptionError(`${told}${error instanceof Error ? error.message : error}`);
    }
  };
  await orEnd(() => made?.relay?.start(where.address, publicUrl && new URL(publicUrl).hostname), '');
  await orEnd(() => ready?.announce({ url, port }), 'The ready file cannot be written: ');
  if (!isLoopback(where.address)) log.warn(openToAll(where));
  let stopped: Promise<void> | undefined;
  return {
    ...{ url, port, world },
    warm: () => app.loadSoon(),
    stop() {
      // Whoever looks finds nobody who will not answer.
      if (stopped === undefined) ready?.withdraw();
      app.stop();
      stopped ??= end();
      return stopped;
    },
  };
}
