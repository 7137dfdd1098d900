import { adminRegistry } from './admin/registry.ts';
import { assemble } from './assemble.ts';
import { folderAtStart, snapshotAtStart } from './atStart.ts';
import { OptionError } from './config/option.ts';
import type { Options } from './config/options.ts';
import { ownAddresses } from './http/address.ts';
import { AdminGuard } from './http/adminGuard.ts';
import { makeCertificates } from './http/certificates/certificates.ts';
import { guestRulesOf } from './http/guestRules.ts';
import { isLoopback } from './http/guests.ts';
import { lazyApp } from './http/lazyApp.ts';
import { openToAll, reachable } from './http/reach.ts';
import { RequestLog } from './http/requestLog.ts';
import { HttpServer } from './http/server.ts';
import { trustedProxies } from './http/trustedProxies.ts';
import { playbackRegistry, registry } from './operations/registry.ts';
import type { Besides, Running } from './running.ts';
import type { LevelLog } from './runtime/log.ts';
import { ReadyFile } from './runtime/readyFile.ts';
import type { DataFolder } from './store/disk/dataFolder.ts';

/** Makes an emulator and listens. Rejects if it cannot listen, or cannot have the folder that it is to keep things in. */
export async function compose(options: Options, given: LevelLog, besides: Besides = {}): Promise<Running> {
  const folder = await folderAtStart(options, given);
  try {
    return await composeOn(folder, options, given, besides);
  } catch (error) {
    await folder?.close();
    throw error;
  }
}

async function composeOn(
  folder: DataFolder | undefined,
  options: Options,
  given: LevelLog,
  { operations = [...registry, ...playbackRegistry], snapshot }: Besides,
): Promise<Running> {
  const certificates = await makeCertificates(options, given, folder?.secrets);
  const world = assemble(options, given, { ca: () => certificates.trusted() }, { folder });
  const { log, services, road, requestIds, face, journal, relay, tokens, live } = world;
  const { account, region, publicUrl } = options;
  const requestLog = new RequestLog(log, services, options);
  world.parts.push({ name: 'log', snapshot: 'ends', part: requestLog, holds: 'which ended sessions were logged' });
  const app = lazyApp({ admin: adminRegistry, face, log, safe: world.safe, guard: new AdminGuard(options.adminToken) });
  const trusts = trustedProxies(options.trustedProxies);
  const server = new HttpServer({
    ...{ operations, road, account, region, tokens, journal, certificates, log, requestIds, requestLog },
    room: services.room,
    accountOf: (accessKeyId) => services.credentials.accountOf(accessKeyId),
    addresses: ownAddresses(live, { trusts, port: () => server.port }),
    guests: guestRulesOf(options, live),
    otherwise: app,
  });
  const ready = options.readyFile === undefined ? undefined : new ReadyFile(options.readyFile);
  try {
    await snapshotAtStart(options, snapshot, world);
    await world.seedAtStart();
  } catch (error) {
    world.stop();
    throw error;
  }
  const where = await server.listen(options.port, options.host);
  const { port } = where;
  const url = `http://${reachable(options.host)}:${port}`;
  const end = async (): Promise<void> => {
    await server.stop();
    await relay?.stop();
    await world.stop();
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
  await orEnd(() => relay?.start(where.address, publicUrl && new URL(publicUrl).hostname), '');
  await orEnd(() => ready?.announce({ url, port }), 'The ready file cannot be written: ');
  if (!isLoopback(where.address)) log.warn(openToAll(where));
  let stopped: Promise<void> | undefined;
  return {
    url,
    port,
    face,
    inside: { ...world, settings: options },
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
