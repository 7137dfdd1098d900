import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PowerlessFiles } from './powerlessFiles.ts';
import { bytesOf, chanceOf, openWorld } from './world.ts';

const bytes = bytesOf(2000, chanceOf(9));

// An end is given up after a moment of real time, which a busy machine may let pass.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout'] }));
afterEach(() => void vi.useRealTimers());

it('a fragment that was on its way when its stream was deleted leaves nothing behind', async () => {
  const files = new PowerlessFiles();
  const world = await openWorld(files);
  for (const [name, before] of [
    ['first', 0],
    ['later', 1],
  ] as const) {
    await world.make(name);
    if (before > 0) await world.keep(name, '1', bytes);
    const shelf = world.shelfOf(name);
    const draft = shelf.draft({ number: '2', writer: 'somebody' });
    draft.append(bytes);
    draft.end();
    await world.drop(name);
    await expect(draft.keep(() => ({ number: '2', header: 'none' }) as never)).rejects.toMatchObject({ told: true });
    draft.discard();
    // The same ARN begins with nothing.
    await world.make(name);
    expect(world.numbers(name)).toEqual([]);
    await world.keep(name, '3', bytes);
  }
  await world.folder.close();
  const again = await openWorld(files);
  expect([again.numbers('first'), again.numbers('later')]).toEqual([['3'], ['3']]);
  expect(again.lines).toEqual([]);
  expect(world.room.usage().used).toBeLessThan(40_000);
  expect(files.list('/data/media')).toHaveLength(2);
});

it('segments that are full are closed, and found by their index', async () => {
  const files = new PowerlessFiles();
  const world = await openWorld(files);
  await world.make('a');
  const large = bytesOf(3_000_000, chanceOf(2));
  for (let n = 10; n < 24; n++) await world.keep('a', String(n), large);
  await world.folder.close();
  const paths = files.paths.filter((path) => path.endsWith('.idx'));
  expect(paths).toHaveLength(2);
  const again = await openWorld(files);
  expect(again.numbers('a')).toHaveLength(14);
  expect((await again.bytesOf('a', '23'))?.equals(large)).toBe(true);
  for (const { record, payload } of [...again.shelfOf('a').entries()]) if (record.number < '22') payload.remove();
  await again.records.safe();
  expect(files.paths.filter((path) => path.endsWith('.seg'))).toHaveLength(1);
});

it('a segment that has room is not closed by the index of the one before it', async () => {
  const files = new PowerlessFiles();
  const world = await openWorld(files);
  await world.make('a');
  const large = Buffer.alloc(17_000_000);
  await world.keep('a', '1', large);
  // The second fills a segment, whose index is written while the third lies in the next one.
  await Promise.all([world.keep('a', '2', large), world.keep('a', '3', bytes)]);
  for (let turn = 0; turn < 40; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(files.paths.filter((path) => path.endsWith('.idx'))).toHaveLength(1);
  await world.keep('a', '4', bytes);
  await world.folder.close();
  const again = await openWorld(files);
  expect([again.numbers('a'), again.lines]).toEqual([['1', '2', '3', '4'], []]);
});

it('what is compacted is there, however often', async () => {
  const files = new PowerlessFiles();
  let world = await openWorld(files);
  const tags = 'x'.repeat(10_000);
  for (let n = 0; n < 300; n++) await world.make(`s${n % 7}`, { n, tags });
  expect(files.paths.filter((path) => path.includes('catalogue'))).toHaveLength(4);
  for (let run = 0; run < 3; run++) {
    world = await openWorld(files);
    expect(world.lines).toEqual([]);
    const found = [...world.records.streams.entries()].map(([, record]) => (record as unknown as { n: number }).n);
    expect(found.sort((a, b) => a - b)).toEqual([293, 294, 295, 296, 297, 298, 299]);
  }
});

it('what comes while the emulator ends is safe, and does not keep what is there from having an index', async () => {
  for (let moment = 0; moment < 400; moment++) {
    const files = new PowerlessFiles();
    const world = await openWorld(files);
    await world.make('a');
    const first = world.keep('a', '1', bytes);
    let left = moment >> 5;
    const second = new Promise<void>((resolve) => {
      files.before = async () => {
        left -= 1;
        if (left !== 0) return;
        for (let turn = 0; turn < (moment & 31); turn++) await undefined;
        await world.keep('a', '2', bytes);
        resolve();
      };
    });
    await world.folder.close();
    await first;
    if (left <= 0 && moment >= 32) await second;
    expect([moment, files.paths.some((path) => path.endsWith('.idx'))]).toEqual([moment, true]);
    const again = await openWorld(files);
    expect(again.numbers('a')).toEqual(left <= 0 && moment >= 32 ? ['1', '2'] : ['1']);
    expect(again.lines).toEqual([]);
  }
});
