import { describe, expect, it } from 'vitest';
import { ROOMS, verdict } from './importRules.ts';
import { importsOf, read, resolved, sources, withoutComments } from './sources.ts';

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
    ['src/admin/requests.ts', '../domain/journal/journal.ts', true],
    ['src/operations/control/createStream.ts', '../../emulator/face.ts', true],
    ['src/emulator/face.ts', '../admin/registry.ts', true],
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

  it('go up from no room to one that stands above it', () => {
    const order = Object.keys(ROOMS);
    const room = (path: string): number => order.indexOf(path.split('/')[1] ?? '');
    const up = all.filter((line) => {
      const [from, to] = [room(line.from), room(resolved(line))];
      return from >= 0 && to > from;
    });
    expect(up).toEqual([]);
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

describe('operations', () => {
  it('are handled on the road alone', () => {
    const handling = sources().filter((path) => /\boperation\.handle\(/.test(withoutComments(read(path))));
    expect(handling.filter((path) => !path.startsWith('src/admin/') && path !== 'src/http/app.ts')).toEqual([
      'src/operations/enter.ts',
    ]);
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
