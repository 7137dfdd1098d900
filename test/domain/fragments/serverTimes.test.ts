import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR, numbersOf, START, serverTimeOf, startLog } from '../../support/fragments.ts';

/** How long after START. */
const since = ({ serverTime }: { serverTime: number }): number => serverTime - START;

describe('the server timestamps of a stream', () => {
  it('are those of the clock as long as it goes on between fragments', async () => {
    const { add, clock } = startLog();
    const given: number[] = [];
    for (const step of [0, 1, 5, 1000]) {
      await clock.advance(step);
      given.push(since(await add()));
    }
    expect(given).toEqual([0, 1, 6, 1006]);
  });

  it('go up by a millisecond where the clock stands still, and are the clock again when it has come past', async () => {
    const { add, open, log, clock } = startLog();
    expect([since(await add()), since(await add()), since(open())]).toEqual([0, 1, 2]);
    log.fail(open());
    expect(since(open())).toBe(4);
    await clock.advance(3);
    expect(since(open())).toBe(5);
    await clock.advance(3);
    expect(since(open())).toBe(6);
    await clock.advance(1000);
    expect(since(open())).toBe(1006);
  });

  it('are distinct over two producers that take turns in one millisecond', async () => {
    const { add, log } = startLog();
    const [a, b] = [{}, {}];
    const given = [];
    for (const session of [a, b, b, a]) given.push(await add(1, { session }));
    expect(given.map(since)).toEqual([0, 1, 2, 3]);
    expect(numbersOf(log)).toEqual(given.map(({ number }) => number));
  });

  it('go on behind the last one when the clock is set back, until it has come past', async () => {
    const { add, clock } = startLog();
    await clock.advance(365 * 24 * HOUR);
    const before = await add();
    await clock.set(START);
    expect([await add(), await add()].map(({ serverTime }) => serverTime - before.serverTime)).toEqual([1, 2]);
    await clock.set(before.serverTime + 10);
    expect((await add()).serverTime).toBe(before.serverTime + 10);
  });

  it('begin in 1970 on a clock that shows an earlier year: a fragment number has no room for less', async () => {
    const { add, clock } = startLog();
    await clock.set(Date.parse('1905-05-05T00:00:00Z'));
    const given = [await add(), await add()];
    expect(given.map(({ serverTime }) => serverTime)).toEqual([0, 1]);
    expect(given.map(({ number }) => serverTimeOf(number))).toEqual([0, 1]);
  });

  it('are in the numbers, distinct, ascending and never behind the clock, whatever the clock and two producers do', async () => {
    const step = fc.record({ producer: fc.integer({ min: 0, max: 1 }), move: fc.integer({ min: -3, max: 3 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { open, clock } = startLog();
        const producers = [{}, {}];
        let last = { number: '', serverTime: -1 };
        for (const { producer, move } of steps) {
          await clock.set(clock.now() + move);
          const next = open({ session: producers[producer] as object });
          expect(serverTimeOf(next.number)).toBe(next.serverTime);
          expect(next.serverTime).toBeGreaterThan(last.serverTime);
          expect(next.number > last.number).toBe(true);
          expect(next.serverTime).toBeGreaterThanOrEqual(clock.now());
          last = next;
        }
      }),
      { seed: 3, numRuns: 40 },
    );
  });

  it('are what retention counts from, and find a fragment', async () => {
    const { add, log, clock } = startLog({ retentionMs: HOUR });
    const [first, second, third] = [await add(), await add(), await add()];
    expect(await log.covering('serverTime', START + 1)).toBe(second);
    await clock.advance(HOUR);
    expect(numbersOf(log)).toEqual([second.number, third.number]);
    await clock.advance(1);
    expect(numbersOf(log)).toEqual([third.number]);
    expect(first.persisted).toBe(false);
  });
});
