import { describe, expect, it } from 'vitest';
import { PowerlessFiles } from './powerlessFiles.ts';
import { bytesOf, chanceOf, openWorld } from './world.ts';

const failing =
  (code: string, when: (what: string, path: string) => boolean) =>
  (what: string, path: string): void => {
    if (when(what, path)) throw Object.assign(new Error(`${code}: ${what}`), { code });
  };

const chance = chanceOf(3);
const bytes = bytesOf(3000, chance);
const written = (what: string): boolean => what === 'write';

describe('a disk without room', () => {
  it('refuses what comes as full, says so once, and gives out what is there', async () => {
    const files = new PowerlessFiles();
    const world = await openWorld(files);
    await world.make('a');
    await world.keep('a', '1', bytes);
    files.before = failing('ENOSPC', written);
    for (const number of ['2', '3', '4']) {
      await expect(world.keep('a', number, bytes)).rejects.toMatchObject({
        name: 'StoreError',
        kind: 'full',
        told: true,
      });
    }
    expect(world.lines).toHaveLength(1);
    expect(world.lines[0]).toContain('the disk of --data-dir is full');
    expect(await world.bytesOf('a', '1')).toEqual(bytes);
    expect(world.numbers('a')).toEqual(['1']);
    expect(world.room.usage().used).toBeLessThan(20_000);
  });

  it('takes what comes once there is some, and has nothing half of what did not fit', async () => {
    const files = new PowerlessFiles();
    const world = await openWorld(files);
    await world.make('a');
    files.before = failing('ENOSPC', written);
    await expect(world.keep('a', '1', bytes)).rejects.toMatchObject({ kind: 'full' });
    files.before = () => undefined;
    // What could not be put is tried again.
    await world.records.safe();
    await world.keep('a', '2', bytes);
    await world.folder.close();
    const again = await openWorld(files);
    expect(again.numbers('a')).toEqual(['2']);
    expect(again.lines).toEqual([]);
  });

  it('refuses changes, and makes none of them, until there is some', async () => {
    const files = new PowerlessFiles();
    const world = await openWorld(files);
    await world.make('a');
    files.before = failing('ENOSPC', written);
    await expect(world.make('b')).rejects.toMatchObject({ kind: 'full' });
    await expect(world.make('c')).rejects.toMatchObject({ kind: 'full' });
    expect([...world.records.streams.entries()].map(([name]) => name)).not.toContain('c');
    files.before = () => undefined;
    await world.records.safe();
    await world.make('d');
    const again = await openWorld(files);
    expect([...again.records.streams.entries()].map(([name]) => name)).toEqual(['a', 'b', 'd']);
  });
});

describe('a disk on which nothing can grow', () => {
  it('refuses no change that it makes, and makes none that it refuses', async () => {
    const files = new PowerlessFiles();
    const world = await openWorld(files);
    await world.make('a');
    await world.keep('a', '1', bytes);
    files.full = true;
    const made: string[] = [];
    const refused: string[] = [];
    for (let n = 0; n < 40; n++) {
      const name = `s${n}`;
      await world.make(name, { tags: 'x'.repeat(3000) }).then(
        () => made.push(name),
        (error) => {
          expect(error).toMatchObject({ kind: 'full', told: true });
          refused.push(name);
        },
      );
    }
    expect([made.length > 3, refused.length > 10]).toEqual([true, true]);
    expect(world.lines).toHaveLength(1);
    // What goes needs no room, and what is there can be read.
    await world.drop('s0');
    expect(await world.bytesOf('a', '1')).toEqual(bytes);
    await expect(world.keep('a', '2', bytes)).rejects.toMatchObject({ kind: 'full' });
    const names = ['a', ...made.slice(1)].sort();
    for (const one of [world, await openWorld(files.with('/none', undefined))]) {
      expect([...one.records.streams.entries()].map(([name]) => name).sort()).toEqual(names);
    }
    files.full = false;
    // It is tried again by whoever is refused.
    await world.make('later').catch(() => undefined);
    await world.records.safe();
    await world.make('last');
    await world.keep('a', '3', bytes);
    await world.folder.close();
    const again = await openWorld(files);
    expect(again.lines).toEqual([]);
    expect([...again.records.streams.entries()].map(([name]) => name).sort()).toEqual([...names, 'last'].sort());
    expect(again.numbers('a')).toEqual(['1', '3']);
  });
});

describe('a disk that fails', () => {
  it('refuses a fragment that could not be made safe, and goes on in another file', async () => {
    const files = new PowerlessFiles();
    const world = await openWorld(files);
    await world.make('a');
    await world.keep('a', '1', bytes);
    files.before = failing('EIO', (what, path) => what === 'sync' && path.endsWith('.seg'));
    await expect(world.keep('a', '2', bytes)).rejects.toMatchObject({ kind: 'broken', told: true });
    files.before = () => undefined;
    await world.keep('a', '3', bytes);
    expect(world.numbers('a')).toEqual(['1', '3']);
    const again = await openWorld(files);
    expect(again.numbers('a')).toEqual(['1', '3']);
  });

  it('loses no fragment that cannot be read for the moment', async () => {
    const files = new PowerlessFiles();
    const world = await openWorld(files);
    await world.make('a');
    await world.keep('a', '1', bytes);
    files.before = failing('EIO', (what) => what === 'read');
    await expect(world.bytesOf('a', '1')).rejects.toMatchObject({ kind: 'broken' });
    files.before = () => undefined;
    expect(await world.bytesOf('a', '1')).toEqual(bytes);
  });

  it('promises nothing of a stream that is not safe itself', async () => {
    const files = new PowerlessFiles();
    const world = await openWorld(files);
    files.before = failing('EIO', (_, path) => path.includes('catalogue'));
    await expect(world.make('a')).rejects.toMatchObject({ kind: 'broken' });
    await expect(world.keep('a', '1', bytes)).rejects.toMatchObject({ kind: 'broken' });
    expect(world.numbers('a')).toEqual([]);
  });

  it('keeps what it says that it keeps and nothing else, whatever fails while much comes at a time', async () => {
    for (let round = 1; round <= 40; round++) {
      const luck = chanceOf(round);
      const files = new PowerlessFiles();
      const world = await openWorld(files);
      await world.make('a');
      files.before = failing('EIO', (what, path) => path.includes('/media/') && what !== 'read' && luck() < 0.1);
      const kept = new Map<string, Buffer>();
      let lost = 0;
      const keep = async (number: string): Promise<void> => {
        for (let wait = luck() * 6; wait > 0; wait--) await new Promise((resolve) => setImmediate(resolve));
        const own = bytesOf(Math.ceil(luck() * 2000), luck);
        try {
          await world.keep('a', number, own);
          kept.set(number, own);
        } catch (error) {
          expect(error).toMatchObject({ name: 'StoreError', kind: 'broken', told: true });
          lost += 1;
        }
      };
      await Promise.all(Array.from({ length: 30 }, (_, index) => keep(String(100 + index))));
      expect(kept.size + lost).toBe(30);
      files.before = () => undefined;
      await world.keep('a', 'last', bytes);
      kept.set('last', bytes);
      for (const one of [world, await openWorld(files.afterCut(luck))]) {
        const there = one.numbers('a');
        expect(there).toEqual(expect.arrayContaining([...kept.keys()]));
        if (one === world) expect(there).toHaveLength(kept.size);
        for (const [number, own] of kept) expect((await one.bytesOf('a', number))?.equals(own)).toBe(true);
      }
      expect(world.room.usage().used).toBeLessThan(200_000);
    }
  });
});
