// Which room of src/ may import what. imports.test.ts holds it; the table of docs/architecture.md is made from it.
import { type Import, resolved } from './sources.ts';

export interface Rule {
  /** As the table says it. */
  readonly text: string;
  allows(target: string, line: Import): boolean;
}

const shown = (paths: readonly string[]): string =>
  paths.map((path) => path.replace(/^src\//, '').replace(/\.ts$/, '')).join(', ');
const within = (prefixes: readonly string[], target: string): boolean =>
  prefixes.some((prefix) => target === prefix || target.startsWith(`${prefix}/`));

const inside = (...prefixes: string[]): Rule => ({
  text: shown(prefixes),
  allows: (target) => within(prefixes, target),
});
const typesOf = (...prefixes: string[]): Rule => ({
  text: `types of ${shown(prefixes)}`,
  allows: (target, line) => line.typeOnly && within(prefixes, target),
});
const named = (...names: string[]): Rule => ({ text: shown(names), allows: (target) => names.includes(target) });
const onlyFrom = (from: string, ...targets: string[]): Rule => ({
  text: `${shown(targets)} (only from ${shown([from])})`,
  allows: (target, line) => line.from.startsWith(`${from}/`) && targets.includes(target),
});
const builtIn: Rule = { text: 'Node’s own modules', allows: (target) => target.startsWith('node:') };
const NETWORK = ['node:http', 'node:https', 'node:http2', 'node:net', 'node:tls', 'node:dgram'];
const offline: Rule = {
  text: 'Node’s own modules but those of the network',
  allows: (target) => target.startsWith('node:') && !NETWORK.includes(target),
};

/** Functions over a clock, dates as text, and turns for others: no source of time or chance. */
const pureRuntime = named(
  'src/runtime/clock.ts',
  'src/runtime/giveWay.ts',
  'src/runtime/pour.ts',
  'src/runtime/queue.ts',
  'src/runtime/signal.ts',
  'src/runtime/slices.ts',
  'src/runtime/time.ts',
);
const runtimeUse: readonly Rule[] = [typesOf('src/runtime'), pureRuntime];

export interface Room {
  /** What is in it. */
  readonly holds: string;
  /** What it may import, besides itself. */
  readonly may: readonly Rule[];
}

/** The rooms, from the ground up. A folder that is not here may not exist. */
export const ROOMS: Readonly<Record<string, Room>> = {
  runtime: {
    holds: 'the machine: clock, chance, ids, log, memory’s account, turns for others',
    may: [offline, named('fastest-levenshtein', 'nanoid', 'sorted-btree')],
  },
  media: {
    holds: 'Matroska, MP4, MPEG-TS and codecs: bytes in, bytes out, nothing of AWS or time',
    may: [named('src/runtime/block.ts')],
  },
  config: {
    holds: 'the table of options and how it is read',
    may: [inside('src/runtime'), named('node:os')],
  },
  protocol: {
    holds: 'the wire: shapes and their checks, errors, JSON, signatures, endpoints',
    may: [inside('src/runtime'), named('node:crypto')],
  },
  domain: {
    holds: 'the service’s rules: streams, fragments, sessions, channels, the journal',
    may: [...runtimeUse, inside('src/protocol/errors.ts'), named('lru-cache', 'sorted-btree', 'node:crypto')],
  },
  store: {
    holds: 'where bytes are kept, behind the ports of domain',
    may: [
      typesOf('src/domain'),
      inside('src/domain/ports.ts', 'src/runtime'),
      named('sorted-btree'),
      onlyFrom('src/store/disk', 'lowdb'),
      offline,
    ],
  },
  decoders: { holds: 'pictures out of video', may: [inside('src/domain/ports.ts', 'src/runtime'), offline] },
  kms: {
    holds: 'a KMS at an address of its own',
    may: [
      inside('src/config', 'src/domain/keys', 'src/domain/ports.ts', 'src/runtime'),
      typesOf('src/domain'),
      offline,
    ],
  },
  relay: {
    holds: 'a TURN server for WebRTC peers',
    may: [inside('src/config', 'src/domain/ports.ts', 'src/runtime'), offline],
  },
  delivery: {
    holds: 'where notifications and pictures go: a webhook, endpoints of SNS and S3, a folder',
    may: [inside('src/domain/ports.ts', 'src/runtime'), offline, named('@aws-sdk/client-sns', '@aws-sdk/client-s3')],
  },
  packaging: { holds: 'playlists, manifests, segments and clips', may: [inside('src/media'), typesOf('src/domain')] },
  operations: {
    holds: 'the service’s operations, a file each, and the one road to them (enter.ts)',
    may: [
      inside('src/domain', 'src/packaging', 'src/media', 'src/protocol'),
      ...runtimeUse,
      // Signatures are on the machine's time, and what is logged of a call says which.
      onlyFrom('src/operations/road', 'src/runtime/wall.ts', 'src/runtime/log.ts'),
    ],
  },
  tokens: {
    holds: 'STS and the credentials provider of IoT: what hands out tokens beside the service',
    may: [
      inside('src/domain/access', 'src/domain/credentials', 'src/protocol'),
      typesOf('src/operations'),
      ...runtimeUse,
      // Whoever is handed a token looks at the machine's time.
      named('src/runtime/wall.ts', 'node:crypto'),
    ],
  },
  emulator: {
    holds: 'what a user can do to a running emulator, with all its checks',
    may: [inside('src/domain', 'src/protocol', 'src/runtime'), named('prom-client')],
  },
  snapshots: {
    holds: 'all of the state in one piece: held in memory, written as an archive, and read back',
    may: [inside('src/emulator', 'src/domain', 'src/runtime'), named('node:crypto', 'node:string_decoder')],
  },
  admin: {
    holds: 'the emulator’s own API, a file a route, into emulator/',
    may: [inside('src/emulator', 'src/protocol'), ...runtimeUse],
  },
  http: {
    holds: 'connections, heads and bodies: what reads and writes bytes',
    may: [
      inside(
        'src/operations/registry.ts',
        'src/operations/operation.ts',
        'src/operations/enter.ts',
        'src/operations/road',
        'src/admin',
        'src/emulator/controlError.ts',
        'src/media/bytes',
        'src/protocol',
        'src/runtime',
      ),
      typesOf('src/operations', 'src/domain', 'src/config', 'src/emulator', 'src/tokens'),
      onlyFrom('src/http/certificates', 'src/config/option.ts'),
      builtIn,
      named('express', 'fastest-levenshtein', 'lru-cache', 'node-forge', 'ws'),
    ],
  },
  client: {
    holds: 'the PutMedia client for other people’s programs',
    may: [inside('src/protocol/sigv4'), builtIn],
  },
  commands: {
    holds: 'the command line’s commands: clients of a running emulator',
    may: [inside('src/client', 'src/config', 'src/media', 'src/runtime'), named('fastest-levenshtein'), builtIn],
  },
  kits: {
    holds: 'entry points for people’s tests: msw, vitest, jest, testcontainers',
    may: [
      inside('src/index.ts', 'src/assemble.ts', 'src/inside.ts', 'src/settings.ts', 'src/operations/enter.ts'),
      inside('src/operations/road', 'src/operations/registry.ts', 'src/operations/operation.ts'),
      inside('src/emulator', 'src/protocol', 'src/runtime', 'src/client'),
      typesOf('src/tokens'),
      builtIn,
      named('msw', 'testcontainers', 'vitest'),
    ],
  },
};

/** These stand above the rooms and join them. */
const ROOT_FILES = [
  'bin',
  'assemble',
  'assembled',
  'liveOptions',
  'atStart',
  'folderAtStart',
  'compose',
  'front',
  'index',
  'inside',
  'main',
  'makeMachine',
  'makeServices',
  'open',
  'running',
  'serviceParts',
  'settings',
  'world',
].map((name) => `src/${name}.ts`);

const folderOf = (path: string): string | undefined => /^src\/([^/]+)\//.exec(path)?.[1];

/** What is wrong with an import, if anything is. */
export function verdict(line: Import): string | undefined {
  const target = resolved(line);
  const folder = folderOf(line.from);
  const shownLine = `${line.from} imports ${line.typeOnly ? 'types of ' : ''}${target}`;
  if (folder === undefined) {
    if (!ROOT_FILES.includes(line.from)) return `${line.from} stands in no folder`;
    return target.startsWith('src/') || offline.allows(target, line) ? undefined : shownLine;
  }
  const room = Object.hasOwn(ROOMS, folder) ? ROOMS[folder] : undefined;
  if (room === undefined) return `src/${folder} is not in the table of rooms`;
  return folderOf(target) === folder || room.may.some((rule) => rule.allows(target, line)) ? undefined : shownLine;
}
