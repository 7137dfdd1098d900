import { expect, it } from 'vitest';
import { Limits } from '../../../src/domain/limits/limits.ts';
import { Pacer } from '../../../src/domain/limits/pacer.ts';
import { ControllableClock } from '../../../src/runtime/clock.ts';
import { eventLoopTurn } from '../../../src/runtime/wall.ts';

const NOW = Date.parse('2030-01-01T00:00:00Z');

function start() {
  const clock = new ControllableClock({ startTime: NOW, frozen: true });
  const gone = new AbortController();
  const pacer = new Pacer({
    ...{ clock, limits: new Limits(), stream: 'door' },
    signal: () => gone.signal,
    onDelete: () => () => undefined,
    onThrottled: () => undefined,
  });
  const until = (ms: number) => pacer.wait({ limit: 'PutMedia.rate', cost: 1, level: 0, passesAt: NOW + ms });
  return { clock, gone, pacer, until };
}

it('what takes a few turns to its next stop comes there before the next thing is due', async () => {
  const { clock, until } = start();
  const order: string[] = [];
  const body = (async () => {
    for (const ms of [100, 200, 300]) {
      await until(ms);
      order.push(`body ${clock.now() - NOW}`);
      for (let turns = 0; turns < 4; turns++) await eventLoopTurn();
    }
  })();
  clock.at(NOW + 150, () => void order.push('other 150'));
  clock.at(NOW + 250, () => void order.push('other 250'));
  await clock.advance(300);
  expect(order).toEqual(['body 100', 'other 150', 'body 200', 'other 250', 'body 300']);
  await body;
});

it('stands under next of the clock, and no more once nobody is there', async () => {
  const { clock, gone, pacer, until } = start();
  const waiting = until(1000);
  expect(clock.upcoming(2).map(({ time, about }) => [time, about])).toEqual([
    [NOW + 1000, { what: 'paced', stream: 'door' }],
  ]);
  gone.abort();
  await waiting;
  expect(clock.upcoming(1)).toEqual([]);
  expect(pacer.over).toBe(true);
  // Nor does it wait again.
  await until(2000);
});
