import { hostname } from 'node:os';
import { adminRegistry } from './admin/registry.ts';
import { type Assembled, assemble } from './assemble.ts';
import { OptionError } from './config/option.ts';
import type { Options } from './config/options.ts';
import { makeCertificates } from './http/certificates/certificates.ts';
import { isLoopback } from './http/guests.ts';
import { lazyApp } from './http/lazyApp.ts';
import { ownNames } from './http/ownNames.ts';
import { openToAll, reachable } from './http/reach.ts';
import { RequestLog } from './http/requestLog.ts';
import { HttpServer } from './http/server.ts';
import { trustedProxies } from './http/trustedProxies.ts';
import type { Operation } from './operations/operation.ts';
import { playbackRegistry, registry } from './operations/registry.ts';
import type { Log } from './runtime/log.ts';
import { ReadyFile } from './runtime/readyFile.ts';
import { VERSION } from './runtime/version.ts';
import { monotonicNow } from './runtime/wall.ts';

/** A running emulator, before anything is said about how it is presented. */
export interface Running extends Pick<Assembled, 'clock' | 'journal' | 'reset'> {
  /** Base address over HTTP, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** Ends open streams and frees the port. Calling it again does nothing. */
  stop(): Promise<void>;
}

/** Makes an emulator and listens. Rejects if it cannot listen. */
export async function compose(
  options: Options,
  log: Log,
  operations: readonly Operation[] = [...registry, ...playbackRegistry],
): Promise<Running> {
  const startedAt = monotonicNow();
  const world = assemble(options, log);
  const { services, road, requestIds, clock, journal, reset } = world;
  const { account, region, publicUrl, allowedHosts, allowedOrigins } = options;
  const certificates = await makeCertificates(options, log);
  const requestLog = new RequestLog(log, services, options);
  world.parts.push(requestLog);
  const adminServices = {
    clock,
    journal,
    version: VERSION,
    uptimeMs: () => Math.round(monotonicNow() - startedAt),
    reset: (which: Parameters<typeof reset.reset>[0]) => reset.reset(which),
    trusted: () => certificates.trusted(),
  };
  const publicOrigin = publicUrl === undefined ? undefined : new URL(publicUrl).origin;
  const trusts = trustedProxies(options.trustedProxies);
  const server = new HttpServer({
    operations,
    road,
    room: services.room,
    account,
    region,
    addresses: { publicUrl, names: new Set(ownNames(publicUrl)), trusts, port: () => server.port },
    guests: { ownNames: [hostname().toLowerCase()], publicOrigin, allowedHosts, allowedOrigins },
    otherwise: lazyApp({ admin: adminRegistry, adminServices, log }),
    certificates,
    log,
    requestIds,
    requestLog,
  });
  const ready = options.readyFile === undefined ? undefined : new ReadyFile(options.readyFile);
  const where = await server.listen(options.port, options.host);
  const { port } = where;
  const url = `http://${reachable(options.host)}:${port}`;
  try {
    ready?.announce({ url, port });
  } catch (error) {
    await server.stop();
    await world.stop();
    throw new OptionError(`The ready file cannot be written: ${error instanceof Error ? error.message : error}`);
  }
  if (!isLoopback(where.address)) log.warn(openToAll(where));
  let stopped: Promise<void> | undefined;
  return {
    url,
    port,
    clock,
    journal,
    reset,
    stop() {
      // Whoever looks finds nobody who will not answer.
      if (stopped === undefined) ready?.withdraw();
      stopped ??= server.stop().then(() => world.stop());
      return stopped;
    },
  };
}
