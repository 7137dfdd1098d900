import { describe, expect, it } from 'vitest';
import { type Import, importsOf, read, resolved, sources, withoutComments } from './sources.ts';

type Rule = (target: string, line: Import) => boolean;

const inside =
  (...prefixes: string[]): Rule =>
  (target) =>
    prefixes.some((prefix) => target === prefix || target.startsWith(`${prefix}/`));
const typesOf =
  (...prefixes: string[]): Rule =>
  (target, line) =>
    line.typeOnly && inside(...prefixes)(target, line);
const named =
  (...names: string[]): Rule =>
  (target) =>
    names.includes(target);
const onlyFrom =
  (from: string, ...targets: string[]): Rule =>
  (target, line) =>
    line.from.startsWith(`${from}/`) && targets.includes(target);
const builtIn: Rule = (target) => target.startsWith('node:');
const NETWORK = ['node:http', 'node:https', 'node:http2', 'node:net', 'node:tls', 'node:dgram'];
const offline: Rule = (target) =>
  builtIn(target, { from: '', specifier: target, typeOnly: false }) && !NETWORK.includes(target);

/** Functions over a clock, dates as text, and turns for others: no source of time or chance. */
const pureRuntime = named(
  'src/runtime/clock.ts',
  'src/runtime/queue.ts',
  'src/runtime/signal.ts',
  'src/runtime/slices.ts',
  'src/runtime/time.ts',
);
const runtimeUse: readonly Rule[] = [typesOf('src/runtime'), pureRuntime];

/** What each folder may import, besides itself. A folder that is not here may not exist. */
const MAY: Readonly<Record<string, readonly Rule[]>> = {
  runtime: [offline, named('nanoid', 'sorted-btree')],
  config: [inside('src/runtime'), named('fastest-levenshtein', 'node:os')],
  media: [],
  protocol: [inside('src/runtime'), named('node:crypto')],
  domain: [...runtimeUse, inside('src/protocol/errors.ts'), named('lru-cache', 'sorted-btree', 'node:crypto')],
  packaging: [inside('src/media'), typesOf('src/domain')],
  store: [typesOf('src/domain'), inside('src/domain/ports.ts', 'src/runtime'), named('sorted-btree'), offline],
  decoders: [inside('src/domain/ports.ts', 'src/runtime'), offline],
  emulator: [inside('src/domain', 'src/runtime')],
  operations: [
    inside('src/domain', 'src/packaging', 'src/media', 'src/protocol'),
    ...runtimeUse,
    // Signatures are on the machine's time, and what is logged of a call says which.
    onlyFrom('src/operations/road', 'src/runtime/wall.ts', 'src/runtime/log.ts'),
  ],
  admin: [inside('src/emulator', 'src/protocol'), typesOf('src/domain'), ...runtimeUse],
  http: [
    inside(
      'src/operations/registry.ts',
      'src/operations/operation.ts',
      'src/operations/enter.ts',
      'src/operations/road',
      'src/admin',
      'src/emulator/controlError.ts',
      'src/protocol',
      'src/runtime',
    ),
    typesOf('src/operations', 'src/domain', 'src/config'),
    onlyFrom('src/http/certificates', 'src/config/option.ts'),
  ],
  client: [inside('src/protocol/sigv4', 'src/protocol/sigv4.ts'), builtIn],
  commands: [inside('src/client', 'src/config', 'src/media', 'src/runtime'), named('fastest-levenshtein'), builtIn],
  kits: [inside('src/index.ts', 'src/client')],
};
const HTTP_PACKAGES: Rule = (target, line) =>
  builtIn(target, line) || ['express', 'fastest-levenshtein', 'lru-cache', 'node-forge', 'ws'].includes(target);
/** Only these may use what is theirs, whatever the table says of built-ins. */
const ROOT_FILES = ['src/assemble.ts', 'src/compose.ts', 'src/index.ts', 'src/main.ts'];
/** The one command that is not a client of a running emulator. */
const starts = (line: Import): boolean => line.from === 'src/commands/start.ts' && resolved(line) === 'src/emulator.ts';

const folderOf = (path: string): string | undefined => /^src\/([^/]+)\//.exec(path)?.[1];

function verdict(line: Import): string | undefined {
  const target = resolved(line);
  const folder = folderOf(line.from);
  const shown = `${line.from} imports ${line.typeOnly ? 'types of ' : ''}${target}`;
  if (folder === undefined) {
    if (!ROOT_FILES.includes(line.from)) return `${line.from} stands in no folder`;
    return target.startsWith('src/') || offline(target, line) ? undefined : shown;
  }
  const rules = MAY[folder];
  if (rules === undefined) return `src/${folder} is not in the table of folders`;
  if (folder === 'http' && HTTP_PACKAGES(target, line)) return undefined;
  if (starts(line)) return undefined;
  return folderOf(target) === folder || rules.some((rule) => rule(target, line)) ? undefined : shown;
}

const all = sources().flatMap(importsOf);

describe('imports', () => {
  it('are found at all', () => {
    expect(all.length).toBeGreaterThan(10);
    expect(all).toContainEqual({ from: 'src/runtime/ids.ts', specifier: 'nanoid', typeOnly: false });
    expect(all).toContainEqual({ from: 'src/runtime/ids.ts', specifier: './random.ts', typeOnly: true });
  });

  it('go only where the table lets them', () => {
    expect(all.map(verdict).filter((found) => found !== undefined)).toEqual([]);
  });

  it.each([
    ['src/media/ebml/reader.ts', '../../runtime/clock.ts', false],
    ['src/media/ebml/reader.ts', 'node:buffer', true],
    ['src/domain/streams/streams.ts', '../../store/memory/memoryPayloads.ts', false],
    ['src/domain/streams/streams.ts', '../../runtime/wall.ts', false],
    ['src/domain/streams/streams.ts', '../../media/matroska/reader.ts', false],
    ['src/operations/media/putMedia.ts', 'express', false],
    ['src/operations/media/putMedia.ts', '../../http/server.ts', true],
    ['src/operations/media/putMedia.ts', '../../runtime/random.ts', false],
    ['src/http/server.ts', '../domain/streams/streams.ts', false],
    ['src/http/server.ts', 'sorted-btree', false],
    ['src/commands/start.ts', '../domain/ports.ts', true],
    ['src/client/putMedia.ts', '../protocol/errors.ts', false],
    ['src/compose.ts', 'express', false],
    ['src/helpers/strings.ts', '../runtime/time.ts', false],
    ['src/helpers.ts', './runtime/time.ts', false],
  ])('would be refused: %s imports %s', (from, specifier, typeOnly) => {
    expect(verdict({ from, specifier, typeOnly })).toBeTypeOf('string');
  });

  it('go round in no circle, types included', () => {
    const next = new Map<string, string[]>();
    for (const line of all) next.set(line.from, [...(next.get(line.from) ?? []), resolved(line)]);
    const done = new Set<string>();
    const circle = (file: string, way: readonly string[]): string | undefined => {
      if (way.includes(file)) return [...way.slice(way.indexOf(file)), file].join(' > ');
      if (done.has(file)) return undefined;
      for (const to of next.get(file) ?? []) {
        const found = circle(to, [...way, file]);
        if (found !== undefined) return found;
      }
      done.add(file);
      return undefined;
    };
    expect(
      sources()
        .map((file) => circle(file, []))
        .filter((found) => found !== undefined),
    ).toEqual([]);
  });

  it('name the file with its ending when they are relative', () => {
    const odd = all.filter(({ specifier }) => specifier.startsWith('.') && !specifier.endsWith('.ts'));
    expect(odd).toEqual([]);
  });

  it('of an operation stand in the registry alone', () => {
    const operations = sources().filter((path) =>
      /\b(json|bytes|duplex|resource)Operation\(/.test(withoutComments(read(path))),
    );
    const offenders = all.filter(
      (line) => operations.includes(resolved(line)) && line.from !== 'src/operations/registry.ts',
    );
    expect(offenders).toEqual([]);
  });
});

describe('media code', () => {
  const files = sources().filter((path) => path.startsWith('src/media/'));
  const forbidden =
    /\b(AWS|amazon\w*|kinesis\w*|kvs|Buffer|Date|performance|process|setTimeout|setInterval|setImmediate)\b|AWS_/i;

  it('knows nothing of AWS, Node or time', () => {
    expect(files.filter((path) => forbidden.test(withoutComments(read(path))))).toEqual([]);
  });

  it('does nothing asynchronous, but for decoders of images', () => {
    const others = files.filter((path) => !path.startsWith('src/media/image/'));
    expect(others.filter((path) => /\b(async|await|Promise)\b/.test(withoutComments(read(path))))).toEqual([]);
  });
});
