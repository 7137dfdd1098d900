import { describe, expect, it } from 'vitest';
import { PowerlessFiles } from './powerlessFiles.ts';
import { bytesOf, chanceOf, openWorld, type World } from './world.ts';

/** So many cuts: more by hand, `KVS_POWER_CUTS=2000`. */
const CUTS = Number(process.env.KVS_POWER_CUTS ?? 60);

/** What has been promised, and what has been asked for and may be either way. */
interface Promises {
  readonly streams: Map<string, Map<string, Buffer>>;
  readonly removed: Set<string>;
  readonly open: Set<string>;
}

/** A client's life, of which every step is noted once it is promised. */
async function live(world: World, promised: Promises, chance: () => number, name: string): Promise<void> {
  for (let step = 0; step < 12; step++) {
    const own = promised.streams.get(name);
    if (own === undefined) {
      promised.open.add(name);
      await world.make(name);
      promised.streams.set(name, new Map());
    } else if (chance() < 0.1) {
      promised.open.add(name);
      promised.streams.delete(name);
      await world.drop(name);
      return;
    } else if (chance() < 0.2 && own.size > 0) {
      const [number] = [...own.keys()];
      own.delete(number as string);
      const kept = [...world.shelfOf(name).entries()].find(({ record }) => record.number === number);
      kept?.payload.remove();
      await world.records.safe();
      promised.removed.add(`${name}/${number}`);
    } else {
      const number = `${name}-${step}`;
      const bytes = bytesOf(Math.ceil(chance() * 3000), chance);
      await world.keep(name, number, bytes);
      own.set(number, bytes);
    }
  }
}

async function check(cut: number, world: World, { streams, removed, open }: Promises): Promise<void> {
  const there = new Set([...world.records.streams.entries()].map(([name]) => name));
  for (const [name, fragments] of streams) {
    expect(there).toContain(name);
    const numbers = world.numbers(name);
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const [number, bytes] of fragments) {
      const kept = await world.bytesOf(name, number);
      expect(`${cut}: ${number} ${kept?.equals(bytes)}`).toBe(`${cut}: ${number} true`);
    }
    for (const number of numbers) expect(removed).not.toContain(`${name}/${number}`);
  }
  for (const name of there) {
    expect(open).toContain(name);
    // Who asks for the streams has their files looked at.
    world.numbers(name);
  }
  // Nothing is damaged by that: what says so would have somebody look for what has never been.
  expect({ cut, errors: world.errors }).toEqual({ cut, errors: [] });
}

describe('what was promised', () => {
  it(`is there after each of ${CUTS} cuts of power, and what had been removed is not`, async () => {
    for (let cut = 1; cut <= CUTS; cut++) {
      const chance = chanceOf(cut);
      const promised: Promises = { streams: new Map(), removed: new Set(), open: new Set() };
      let files = new PowerlessFiles();
      for (let run = 0; run < 3; run++) {
        const world = await openWorld(files);
        await check(cut, world, promised);
        let operations = Math.ceil(chance() * 150);
        const over = new Promise<void>((resolve) => {
          files.before = () => {
            operations -= 1;
            if (operations === 0) resolve();
          };
        });
        const names = ['a', 'b', 'c'].map((name) => `${name}${run}`);
        const lives = Promise.all(names.map((name) => live(world, promised, chance, name)));
        await Promise.race([over, lives]);
        // The promises as they are at this moment.
        const then: Promises = {
          streams: new Map([...promised.streams].map(([name, own]) => [name, new Map(own)])),
          removed: new Set(promised.removed),
          open: new Set(promised.open),
        };
        const after = files.afterCut(chance);
        await lives;
        Object.assign(promised, then);
        files = after;
      }
      await check(cut, await openWorld(files), promised);
    }
  });
});
