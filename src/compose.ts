import { readFile } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import type { AdminServices, ResetRequest } from './admin/adminOperation.ts';
import { adminRegistry } from './admin/registry.ts';
import { OptionError } from './config/option.ts';
import type { Options } from './config/options.ts';
import { createFrameDecoder } from './decoders/frameDecoder.ts';
import { Channels } from './domain/channels/channels.ts';
import type { MediaInspector } from './domain/fragments/media.ts';
import { OldestFirst } from './domain/fragments/oldestFirst.ts';
import { Journal } from './domain/journal/journal.ts';
import { SegmentCache } from './domain/segments/segmentCache.ts';
import { Sessions } from './domain/sessions/sessions.ts';
import { Streams } from './domain/streams/streams.ts';
import { ClockControl } from './emulator/clockControl.ts';
import type { Addresses } from './http/address.ts';
import { givenCertificate, ownAuthority } from './http/certificates/authority.ts';
import { isLoopback } from './http/guests.ts';
import { lazyApp } from './http/lazyApp.ts';
import { RequestIds } from './http/requestIds.ts';
import { RequestLog } from './http/requestLog.ts';
import { HttpServer } from './http/server.ts';
import type { Certificates } from './http/tlsAcceptor.ts';
import { trustedProxies } from './http/trustedProxies.ts';
import { Warnings } from './http/warnings.ts';
import type { Operation, Services } from './operations/operation.ts';
import { playbackRegistry, registry } from './operations/registry.ts';
import { inspectFragment } from './packaging/fragmentMedia.ts';
import { ControllableClock } from './runtime/clock.ts';
import { createIds } from './runtime/ids.ts';
import type { Log } from './runtime/log.ts';
import { createRandom } from './runtime/random.ts';
import { ReadyFile } from './runtime/readyFile.ts';
import { Repeats } from './runtime/repeats.ts';
import { Room } from './runtime/room.ts';
import { runSliced } from './runtime/slices.ts';
import { VERSION } from './runtime/version.ts';
import { eventLoopTurn, monotonicNow } from './runtime/wall.ts';
import { MemoryPayloadStore } from './store/memory/payloads.ts';

/** A running emulator, before anything is said about how it is presented. */
export interface Running {
  /** Base address over HTTP, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  readonly clock: ClockControl;
  readonly services: Services;
  readonly journal: Journal;
  /** Resolves to how many streams have gone. */
  reset(which?: ResetRequest): Promise<number>;
  /** Ends open streams and frees the port. Calling it again does nothing. */
  stop(): Promise<void>;
}

/** Segments made and still at hand: about a minute of what a dozen players watch. */
const SEGMENT_CACHE_BYTES = 64 * 1024 * 1024;

const JOURNAL_BYTES = 16 * 1024 * 1024;

/** Makes everything there is one of, joins it, and listens. Rejects if it cannot listen. */
export async function compose(
  options: Options,
  log: Log,
  operations: readonly Operation[] = [...registry, ...playbackRegistry],
): Promise<Running> {
  const startedAt = monotonicNow();
  const clock = new ControllableClock({
    ...(options.startTime === undefined ? {} : { startTime: options.startTime }),
    frozen: options.clock === 'frozen',
    onError: (error) => log.error('Work that was due on the clock failed.', { error }),
  });
  const ids = createIds(createRandom(options.randomSeed));
  const room = new Room({ capacity: options.maxMemory });
  const payloads = new MemoryPayloadStore(room);
  const { creatingDelay: creating, updatingDelay: updating, deletingDelay: deleting } = options;
  const transitions = { creating, updating, deleting };
  const oldestFirst = options.whenFull === 'drop-oldest' ? new OldestFirst() : undefined;
  const streams = new Streams({
    clock,
    ids,
    payloads,
    room,
    oldestFirst,
    transitions,
    quota: () => options.streamLimit,
  });
  const inspect: MediaInspector = (fragment, pieces) => runSliced(inspectFragment(fragment, pieces));
  const sessions = new Sessions({ clock, ids, inspect, log });
  const segments = new SegmentCache({ capacity: Math.min(SEGMENT_CACHE_BYTES, options.maxMemory / 8), room });
  // What can be made again goes first.
  room.onShort(() => segments.giveUp());
  if (oldestFirst !== undefined) room.onShort(() => oldestFirst.drop());
  const decoder = createFrameDecoder(log);
  const channels = new Channels({ clock, ids, transitions, quota: () => options.channelLimit });
  const services: Services = {
    clock,
    ids,
    streams,
    channels,
    sessions,
    segments,
    decoder,
    room,
    repeats: new Repeats(),
  };
  const journal = new Journal({ bytes: Math.min(JOURNAL_BYTES, options.maxMemory / 16) });
  const requestIds = new RequestIds(ids);
  const certificates = await makeCertificates(options, log);

  const requestLog = new RequestLog(log, services, options);
  const warnings = new Warnings(log);

  const reset: Running['reset'] = async ({ account, region, keepClock } = {}) => {
    const which = { account, region };
    const gone = await clock.still(() => {
      const count = streams.reset(which);
      channels.reset(which);
      sessions.reset(which);
      segments.clear();
      journal.clear(which);
      if (account === undefined && region === undefined) {
        clock.reset({ keepTime: keepClock ?? false });
        requestIds.reset();
        requestLog.reset();
        warnings.finish();
      }
      return count;
    });
    // Connections that were open learn of it now, and not in the middle of what the caller does next.
    await eventLoopTurn();
    await eventLoopTurn();
    return gone;
  };
  const clockControl = new ClockControl(clock);
  const adminServices: AdminServices = {
    clock: clockControl,
    journal,
    version: VERSION,
    uptimeMs: () => Math.round(monotonicNow() - startedAt),
    reset,
    trusted: () => certificates.trusted(),
  };
  let port = 0;
  const { account, region, publicUrl, strict, allowedHosts, allowedOrigins } = options;
  const publicOrigin = publicUrl === undefined ? undefined : new URL(publicUrl).origin;
  const addresses: Addresses = {
    publicUrl,
    names: new Set(ownNames(publicUrl)),
    trusts: trustedProxies(options.trustedProxies),
    port: () => port,
  };
  const server = new HttpServer({
    operations,
    services,
    surroundings: { account, region, addresses, strict, log, warnings },
    guests: { ownNames: [hostname().toLowerCase()], publicOrigin, allowedHosts, allowedOrigins },
    otherwise: lazyApp({ admin: adminRegistry, adminServices, log }),
    certificates,
    journal,
    log,
    requestIds,
    requestLog,
  });
  const ready = options.readyFile === undefined ? undefined : new ReadyFile(options.readyFile);
  const where = await server.listen(options.port, options.host);
  port = where.port;
  const url = `http://${reachable(options.host)}:${port}`;
  try {
    ready?.announce({ url, port });
  } catch (error) {
    await server.stop();
    clock.stop();
    throw new OptionError(`The ready file cannot be written: ${error instanceof Error ? error.message : error}`);
  }
  if (!isLoopback(where.address)) log.warn(openToAll(where));
  let stopped: Promise<void> | undefined;
  return {
    url,
    port,
    clock: clockControl,
    services,
    journal,
    reset,
    stop() {
      // Whoever looks finds nobody who will not answer.
      if (stopped === undefined) ready?.withdraw();
      stopped ??= server.stop().then(() => {
        warnings.finish();
        return clock.stop();
      });
      return stopped;
    },
  };
}

/** Nothing asks for a token or for keys: whoever gets here may do everything. */
function openToAll({ address, port }: { address: string; port: number }): string {
  const at = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return (
    `Everybody who reaches this machine over the network (${at}) may read and delete all streams and use /_kvs; only ` +
    'browser pages from elsewhere may not. Listen on 127.0.0.1 with --host, or publish a container’s port there: ' +
    `docker run -p 127.0.0.1:${port}:${port}.`
  );
}

/** An address that a client on this machine can call: nobody can call "all addresses". */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

async function makeCertificates(options: Options, log: Log): Promise<Certificates> {
  const { tlsCert, tlsKey, publicUrl, allowedHosts: listed, tlsNames, region } = options;
  if (tlsCert !== undefined && tlsKey !== undefined) {
    const [cert, key] = await Promise.all([readPem(tlsCert), readPem(tlsKey)]);
    return givenCertificate({ cert, key });
  }
  return ownAuthority({ names: ownNames(publicUrl), listed, tlsNames, region, log });
}

async function readPem(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new OptionError(`The certificate or key cannot be read: ${error.message}`);
  });
  if (!text.includes('-----BEGIN ')) throw new OptionError(`${path} is no PEM file.`);
  return text;
}

/** Every name and address by which this machine's clients, and containers on it, reach the emulator. */
function ownNames(publicUrl: string | undefined): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((of) => (of ?? []).map(({ address }) => address));
  const publicName = publicUrl === undefined ? [] : [new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')];
  const names = ['localhost', '*.localhost', '127.0.0.1', '::1', 'host.docker.internal', 'host.containers.internal'];
  // Java reads no certificate that has a name with other characters.
  const machine = hostname().toLowerCase();
  if (/^[a-z0-9.-]+$/.test(machine)) names.push(machine);
  return [...new Set([...names, ...publicName, ...addresses.map((address) => address.replace(/%.*$/, ''))])];
}
