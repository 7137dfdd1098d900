// Media that snapshots share with streams: files that are held, and become segments again.
import { describe, expect, it } from 'vitest';
import type { FragmentRecord, HeaderRecord } from '../../../src/domain/fragments/fragmentRecord.ts';
import { nextOf } from '../../../src/domain/fragments/nextOf.ts';
import type { KeptBytes } from '../../../src/domain/ports.ts';
import { PowerlessFiles } from './powerlessFiles.ts';
import { arnOf, bytesOf, chanceOf, openWorld, type World } from './world.ts';

/** So many cuts: more by hand, `KVS_POWER_CUTS=2000`. */
const CUTS = Number(process.env.KVS_POWER_CUTS ?? 60);

const chance = chanceOf(3);
const one = bytesOf(2000, chance);
const two = bytesOf(300_000, chance);
const three = bytesOf(500, chance);

interface Shared {
  readonly record: FragmentRecord;
  readonly bytes: KeptBytes;
}

/** What is in a stream, as a snapshot takes it. */
const share = ({ shelfOf }: World, name: string): Shared[] =>
  [...shelfOf(name).entries()].map(({ record, payload }) => ({ record, bytes: payload.share() }));
const release = (all: readonly Shared[]): void => {
  for (const { bytes } of all) bytes.release();
};

/** Has a stream be as it was, as a restore does it: all at once. Resolves when that is safe. */
function putBack({ shelfOf, records }: World, name: string, all: readonly Shared[], more: object = {}): Promise<void> {
  const headers = [...shelfOf(name).headers.entries()];
  shelfOf(name).leave();
  records.streams.remove(name);
  records.streams.put(name, { name, arn: arnOf(name), ...more } as never);
  const shelf = shelfOf(name);
  for (const [key, header] of headers) shelf.headers.put(key, header);
  for (const { record, bytes } of all) shelf.adopt(record, bytes.hold());
  return records.safe() ?? Promise.resolve();
}

async function read(bytes: KeptBytes): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  const reading = await bytes.open();
  for (let piece = await nextOf(reading); piece !== undefined; piece = await nextOf(reading)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const held = (files: PowerlessFiles): string[] => files.paths.filter((path) => path.startsWith('/data/held/'));
const segments = (files: PowerlessFiles): string[] => files.paths.filter((path) => path.endsWith('.seg'));

async function start() {
  const files = new PowerlessFiles();
  const world = await openWorld(files);
  await world.make('a');
  await world.keep('a', '1', one);
  await world.keep('a', '2', two);
  return { files, world };
}

/** As after a kill, and without what was written down about segments beside them. */
const scanned = (files: PowerlessFiles): Promise<World> =>
  openWorld(
    files.paths
      .filter((path) => path.endsWith('.idx'))
      .reduce((all, path) => all.with(path, undefined), files.with('/none', undefined)),
  );

describe('bytes that are held', () => {
  it.each<[string, (world: World) => unknown]>([
    ['their fragments', () => undefined],
    ['their stream', (world) => world.drop('a')],
  ])('outlive %s, and their space is free when nobody holds them', async (_what, remove) => {
    const { files, world } = await start();
    const shared = share(world, 'a');
    const again = shared.map(({ record, bytes }) => ({ record, bytes: bytes.hold() }));
    expect(shared.map(({ bytes }) => bytes.shared)).toEqual([true, true]);
    const all = [...world.shelfOf('a').entries()];
    await remove(world);
    for (const { payload } of all) payload.remove();
    await world.records.safe();
    await world.payloads.finish();
    expect(segments(files)).toEqual(held(files));
    release(again);
    expect(shared.map(({ bytes }) => bytes.shared)).toEqual([false, false]);
    expect((await read((shared[1] as Shared).bytes)).equals(two)).toBe(true);
    release(shared);
    expect(segments(files)).toEqual([]);
    expect(world.room.usage().used).toBeLessThan(20_000);
  });

  it('are one file for all who hold something in it, as long as any of them does', async () => {
    const { files, world } = await start();
    const shared = share(world, 'a');
    const more = share(world, 'a');
    expect(held(files)).toHaveLength(1);
    release(shared);
    expect(held(files)).toHaveLength(1);
    release(more);
    expect(held(files)).toHaveLength(0);
    // And may be held again.
    release(share(world, 'a'));
    expect(held(files)).toHaveLength(0);
    expect(world.numbers('a')).toEqual(['1', '2']);
  });

  it('are left out once they turn out to be damaged, and named', async () => {
    const { files, world } = await start();
    const shared = share(world, 'a');
    const [path] = held(files) as [string];
    const bytes = files.readNow(path);
    const file = await files.open(path, false);
    await file.write([Buffer.of((bytes[bytes.length - 1] as number) ^ 1)], bytes.length - 1);
    await expect(read((shared[1] as Shared).bytes)).rejects.toMatchObject({ kind: 'unreadable' });
    expect(world.lines.join()).toContain(`${path} is damaged`);
    const later = share(world, 'a');
    expect(later.map(({ record }) => record.number)).toEqual(['1']);
    expect((await read((later[0] as Shared).bytes)).equals(one)).toBe(true);
  });

  it('go with the process', async () => {
    const { files, world } = await start();
    share(world, 'a');
    await openWorld(files);
    expect(held(files)).toEqual([]);
    const last = share(world, 'a');
    await world.folder.close();
    expect(held(files)).toEqual([]);
    // Whoever lets go of them later takes nothing away from who has the folder by then.
    const next = await openWorld(files);
    const own = share(next, 'a');
    release(last);
    expect((await read((own[1] as Shared).bytes)).equals(two)).toBe(true);
  });
});

describe('fragments of a snapshot', () => {
  it('are there again, also after a kill, and what came behind them is not', async () => {
    const { files, world } = await start();
    const shared = share(world, 'a');
    // In the same file.
    await world.keep('a', '3', three);
    for (let round = 1; round <= 3; round++) {
      await putBack(world, 'a', shared, { round });
      expect(world.numbers('a')).toEqual(['1', '2']);
      expect((await world.bytesOf('a', '2'))?.equals(two)).toBe(true);
      for (const again of [await openWorld(files.with('/none', undefined)), await scanned(files)]) {
        expect([round, again.numbers('a')]).toEqual([round, ['1', '2']]);
        expect((await again.bytesOf('a', '1'))?.equals(one)).toBe(true);
        expect((await again.bytesOf('a', '2'))?.equals(two)).toBe(true);
        expect(again.lines).toEqual([]);
      }
      // And goes on.
      await world.keep('a', `${round}4`, three);
      expect((await world.bytesOf('a', `${round}4`))?.equals(three)).toBe(true);
    }
    release(shared);
    await world.folder.close();
    expect(files.list('/data/media')).toHaveLength(1);
    expect((await openWorld(files)).numbers('a')).toEqual(['1', '2', '34']);
  });

  it('can be read at once, and removed before they are safe', async () => {
    const { files, world } = await start();
    const shared = share(world, 'a');
    const safe = putBack(world, 'a', shared);
    release(shared);
    const [first] = [...world.shelfOf('a').entries()];
    expect((await world.bytesOf('a', '2'))?.equals(two)).toBe(true);
    first?.payload.remove();
    await safe;
    await world.records.safe();
    expect(held(files)).toEqual([]);
    expect((await world.bytesOf('a', '2'))?.equals(two)).toBe(true);
    for (const again of [await openWorld(files.with('/none', undefined)), await scanned(files)]) {
      expect(again.numbers('a')).toEqual(['2']);
    }
  });

  it('leave nothing behind when they go before they are safe', async () => {
    const { files, world } = await start();
    const shared = share(world, 'a');
    const [first, second] = [putBack(world, 'a', shared), putBack(world, 'a', shared)];
    const third = world.drop('a');
    release(shared);
    await Promise.all([first, second, third]);
    await world.folder.close();
    expect(segments(files)).toEqual([]);
    expect(files.list('/data/media')).toEqual([]);
  });

  it('are refused nothing when the disk has no room for them at first', async () => {
    const { files, world } = await start();
    const shared = share(world, 'a');
    files.before = (what) => {
      if (what === 'sync') throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
    };
    await expect(putBack(world, 'a', shared)).rejects.toMatchObject({ kind: 'full' });
    // What was there before still is, for whoever comes after a kill.
    expect((await openWorld(files.with('/none', undefined))).numbers('a')).toEqual(['1', '2']);
    files.before = () => undefined;
    await world.records.safe();
    const again = await openWorld(files.with('/none', undefined));
    expect(again.numbers('a')).toEqual(['1', '2']);
    expect((await again.bytesOf('a', '2'))?.equals(two)).toBe(true);
  });

  it.each([
    ['with an index', true],
    ['without one', false],
  ])('are served but for what is lost when a file of theirs is damaged, %s', async (_what, indexed) => {
    const { files, world } = await start();
    const shared = share(world, 'a');
    await world.keep('a', '3', three);
    await putBack(world, 'a', shared);
    if (indexed) await world.folder.close();
    const whole = files.with('/none', undefined);
    const without = (all: PowerlessFiles, path: string) => all.with(path, undefined);
    const last = indexed ? whole : whole.paths.filter((path) => path.endsWith('.idx')).reduce(without, whole);
    // Those of the folder before are just going.
    const own = last.paths.filter((path) => /^\/data\/media\/\w+-2\/\d+\.[a-z]+$/.test(path));
    expect(own).toHaveLength(indexed ? 3 : 2);
    for (const path of own) {
      const bytes = last.readNow(path);
      const variants: (Buffer | undefined)[] = [undefined, bytes.subarray(0, bytes.length - 7)];
      for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 40)) {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] as number) ^ 4;
        variants.push(flipped);
      }
      for (const variant of variants) {
        const again = await openWorld(last.with(path, variant));
        const numbers = again.numbers('a');
        let differs = numbers.join() !== '1,2';
        for (const number of numbers) {
          const expected = { 1: one, 2: two, 3: three }[number];
          const found = await again.bytesOf('a', number).catch(() => undefined);
          if (found === undefined) differs = true;
          else expect(found.equals(expected as Buffer)).toBe(true);
        }
        if (differs) expect(again.lines.join('\n')).toContain(path);
      }
    }
  });

  it('that come from elsewhere lie in a file until they are a stream’s, and go with who has them', async () => {
    const { files, world } = await start();
    const header = { fragment: '1', bytes: Buffer.from('head') } as unknown as HeaderRecord;
    const staged = async (numbers: readonly string[], bytes: Buffer): Promise<Shared[]> => {
      const stage = world.payloads.stage();
      const all: Shared[] = [];
      for (const number of numbers) {
        const record = { number, header: 'header', size: bytes.length, timecode: '0' } as unknown as FragmentRecord;
        const draft = stage.begin({ arn: arnOf('a'), record, header });
        expect(draft.append(bytes)).toBe(true);
        all.push({ record, bytes: await draft.done() });
      }
      stage.end();
      return all;
    };
    release(await staged(['8', '9'], three));
    expect(held(files)).toEqual([]);
    const large = Buffer.alloc(9_000_000, 7);
    const numbers = Array.from({ length: 5 }, (_, n) => String(100 + n));
    const all = await staged(numbers, large);
    expect(held(files)).toHaveLength(2);
    expect(world.room.usage().used).toBeLessThan(20_000);
    await putBack(world, 'a', all);
    release(all);
    expect(held(files)).toEqual([]);
    for (const again of [await openWorld(files.with('/none', undefined)), await scanned(files)]) {
      expect(again.numbers('a')).toEqual(numbers);
      expect((await again.bytesOf('a', '104'))?.equals(large)).toBe(true);
      expect([...again.shelfOf('a').headers.entries()]).toHaveLength(1);
    }
  });
});

it(`after each of ${CUTS} cuts of power everything is as before a restore or as after it`, async () => {
  const seen = new Set<string>();
  for (let cut = 1; cut <= CUTS; cut++) {
    const own = chanceOf(cut * 2_654_435_761);
    const { files, world } = await start();
    await world.make('b', { round: 'old' });
    await world.keep('b', '1', three);
    const shared = { a: share(world, 'a'), b: share(world, 'b') };
    await world.keep('a', '3', three);
    await world.keep('b', '2', three);
    let operations = Math.ceil(own() * 60);
    const over = new Promise<void>((resolve) => {
      files.before = () => {
        operations -= 1;
        if (operations === 0) resolve();
      };
    });
    let told = false;
    const both = Promise.all([
      putBack(world, 'a', shared.a, { round: 'new' }),
      putBack(world, 'b', shared.b, { round: 'new' }),
    ]).then(() => {
      told = true;
    });
    await Promise.race([over, both]);
    const toldThen = told;
    const after = files.afterCut(own);
    await both;
    const again = await openWorld(after);
    const record = new Map(again.records.streams.entries()).get('b') as unknown as { readonly round: string };
    const found = { a: again.numbers('a'), b: again.numbers('b'), round: record.round };
    const before = { a: ['1', '2', '3'], b: ['1', '2'], round: 'old' };
    const restored = { a: ['1', '2'], b: ['1'], round: 'new' };
    expect([cut, toldThen ? [restored] : [restored, before]]).toEqual([cut, expect.arrayContaining([found])]);
    seen.add(found.round);
    for (const [name, number, bytes] of [
      ['a', '1', one],
      ['a', '2', two],
      ['b', '1', three],
    ] as const) {
      expect(`${cut} ${name} ${(await again.bytesOf(name, number))?.equals(bytes)}`).toBe(`${cut} ${name} true`);
    }
  }
  expect(seen).toEqual(new Set(['old', 'new']));
});
