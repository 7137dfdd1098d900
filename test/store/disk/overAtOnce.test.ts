// What has no time left in the archive when it has come there.
import { expect, it } from 'vitest';
import { FragmentLog } from '../../../src/domain/fragments/fragmentLog.ts';
import { HOUR, makeHeader, numbersOf, SOMEBODY, START, startLog } from '../../support/fragments.ts';
import { PowerlessFiles } from './powerlessFiles.ts';
import { bytesOf, chanceOf, openWorld } from './world.ts';

async function start() {
  const files = new PowerlessFiles();
  const world = await openWorld(files);
  await world.make('camera');
  const { services, owner, clock } = startLog({ retentionMs: HOUR });
  const log = new FragmentLog({ ...services, payloads: world.payloads }, owner);
  const header = makeHeader();
  const session = {};
  const begin = () => {
    const fragment = log.open(session, {
      ...{ producerTime: clock.now(), timecode: 0n, header, first: false, leading: new Uint8Array(), writer: SOMEBODY },
    });
    if (fragment === undefined || !log.append(fragment, bytesOf(1000, chanceOf(1))))
      throw new Error('there was no room');
    return fragment;
  };
  /** What another process finds after a kill, by whose clock nothing has expired. */
  const afterKill = async () => {
    const again = await openWorld(files.with('/none', undefined));
    const { services: others } = startLog({ startTime: START });
    return { lines: again.lines, numbers: numbersOf(new FragmentLog({ ...others, payloads: again.payloads }, owner)) };
  };
  return { files, world, log, clock, begin, afterKill };
}

it('a fragment whose time is over when it is acknowledged is not there after a kill', async () => {
  const { log, clock, begin, afterKill } = await start();
  const fragment = begin();
  await clock.advance(2 * HOUR);
  expect(await log.complete(fragment, 1000)).toBe(true);
  expect(numbersOf(log)).toEqual([]);
  expect(await afterKill()).toEqual({ lines: [], numbers: [] });
});

it('nor is one that lies among others, which are', async () => {
  const { log, clock, begin, afterKill } = await start();
  const [first, second] = [begin(), begin()];
  await log.complete(first, 1000);
  await clock.advance(HOUR / 2);
  const third = begin();
  await log.complete(third, 1000);
  await clock.advance(HOUR / 2 + 1000);
  expect(await log.complete(second, 1000)).toBe(true);
  expect(await afterKill()).toEqual({ lines: [], numbers: [third.number] });
});
