import { expect, it } from 'vitest';
import { eventLoopTurn } from '../../../src/runtime/wall.ts';
import { PowerlessFiles } from './powerlessFiles.ts';
import { bytesOf, chanceOf, openWorld } from './world.ts';

const media = (files: PowerlessFiles): string[] =>
  files.paths.filter((path) => path.startsWith('/data/media/')).map((path) => path.replace(/^.*\//, ''));

/** A stream of which a fragment has begun, once there is what it will need. */
async function start() {
  const files = new PowerlessFiles();
  const world = await openWorld(files);
  await world.make('a');
  world.shelfOf('a').expect();
  for (let turns = 0; media(files).length < 2 && turns < 1000; turns++) await eventLoopTurn();
  await world.records.safe();
  return { files, world };
}

it('what a fragment needs besides its bytes is there before the last of them', async () => {
  const { files, world } = await start();
  expect(media(files).sort()).toEqual(['000001.gone', '000001.seg']);
  const before = files.paths;
  await world.keep('a', '1', bytesOf(1000, chanceOf(1)));
  expect(files.paths).toEqual(before);
});

it('what was expected and never came leaves nothing behind', async () => {
  const { files, world } = await start();
  await world.folder.close();
  expect(media(files)).toEqual([]);
  const again = await openWorld(files);
  expect([again.lines, again.numbers('a')]).toEqual([[], []]);
});

it('what was expected and never came says nothing after a kill', async () => {
  const { files } = await start();
  const again = await openWorld(files.with('/none', undefined));
  expect([again.lines, again.numbers('a')]).toEqual([[], []]);
  await again.keep('a', '1', bytesOf(1000, chanceOf(1)));
  expect(again.numbers('a')).toEqual(['1']);
});

it('a disk that refuses the name of what is expected is told of when there is something to keep', async () => {
  const files = new PowerlessFiles();
  const world = await openWorld(files);
  await world.make('a');
  files.before = (what, path) => {
    if (what === 'write' && path.includes('/media/')) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
  };
  world.shelfOf('a').expect();
  for (let turns = 0; turns < 20; turns++) await eventLoopTurn();
  expect(world.lines).toEqual([]);
  await expect(world.keep('a', '1', bytesOf(1000, chanceOf(1)))).rejects.toMatchObject({ kind: 'full' });
  files.before = () => undefined;
  await world.keep('a', '2', bytesOf(1000, chanceOf(1)));
  expect(world.numbers('a')).toEqual(['2']);
});
