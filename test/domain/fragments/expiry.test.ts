// What is gone is gone at once, and dropping it takes as many turns as it takes. Turns are counted, nothing is timed.
import { describe, expect, it } from 'vitest';
import { FRAGMENT_COST, type Fragment, headerCost } from '../../../src/domain/fragments/fragment.ts';
import { takeSliced } from '../../../src/runtime/slices.ts';
import { eventLoopTurn } from '../../../src/runtime/wall.ts';
import { HOUR, makeHeader, numbersOf, START, startLog } from '../../support/fragments.ts';
import { turnsDuring } from '../../support/turns.ts';

const MINUTE = 60_000;
const MANY = 20_000;
/** No slice takes more steps. */
const SLICE = 1000;

/** A log with so many fragments of a byte, begun within one millisecond and given one each. */
async function startMany(count = MANY, options: Parameters<typeof startLog>[0] = {}) {
  const started = startLog(options);
  const fragments: Fragment[] = [];
  for (let i = 0; i < count; i++) fragments.push(await started.add(1, { producerTime: START + i }));
  return { ...started, fragments };
}
type Log = Awaited<ReturnType<typeof startMany>>['log'];

const ALL = [0, Number.MAX_SAFE_INTEGER] as const;
const archived = (log: Log, axis: 'serverTime' | 'producerTime' = 'serverTime') =>
  takeSliced(log.archived(axis, ...ALL));

/** Moves the clock without its calling the log, so that whoever looks first finds everything still to be dropped. */
const jump = async (clock: Awaited<ReturnType<typeof startMany>>['clock'], ms: number): Promise<void> => {
  clock.reset({ keepTime: true });
  await clock.advance(ms);
};

describe('fragments that expire all at once', () => {
  it('leave others their turns, and are all dropped when advancing is over', async () => {
    const { log, clock, room } = await startMany(MANY, { retentionMs: 0 });
    const used: number[] = [];
    const turns = await turnsDuring(clock.advance(5 * MINUTE), () => used.push(room.usage().used));
    expect([room.usage().used, numbersOf(log)]).toEqual([0, []]);
    expect(turns).toBeGreaterThan(MANY / SLICE);
    expect(new Set(used).size).toBeGreaterThan(MANY / SLICE / 2);
  });

  it('leave others their turns also when it is a shorter retention that they fall under', async () => {
    const { log, clock, room } = await startMany(MANY, { retentionMs: 2 * HOUR });
    await clock.advance(HOUR + MANY);
    log.setRetention(HOUR);
    expect(numbersOf(log)).toEqual([]);
    let turns = 0;
    for (; room.usage().used > 0; turns++) await eventLoopTurn();
    expect(turns).toBeGreaterThan(MANY / SLICE / 2);
  });

  it.each(['serverTime', 'producerTime'] as const)('are there for nobody who looks meanwhile, by %s', async (axis) => {
    const { log, clock, fragments, add, header, room } = await startMany();
    await clock.advance(10 * MINUTE);
    const kept = await add(5, { producerTime: START + MANY });
    await jump(clock, HOUR - MINUTE);
    expect(log.after(undefined)).toBe(kept);
    // All of them are still to be dropped but for the first slice.
    expect(room.usage().used).toBeGreaterThan((MANY / 2) * FRAGMENT_COST);
    expect(log.after(fragments[MANY / 2]?.number)).toBe(kept);
    expect(log.archivedFragment(fragments.at(-1)?.number ?? '')).toBeUndefined();
    expect(log.archivedFragment(kept.number)).toBe(kept);
    expect(await archived(log, axis)).toEqual([kept]);
    expect(await log.covering(axis, START + 5)).toBe(kept);
    expect(await takeSliced(log.newestFirst())).toEqual([kept]);
    await clock.advance(0);
    while (room.usage().used > 5 + FRAGMENT_COST + headerCost(header)) await eventLoopTurn();
    expect(numbersOf(log)).toEqual([kept.number]);
  });

  it('are found past in slices where they lie among others that are not', async () => {
    const { log, clock, fragments, room, add, header } = await startMany(1000);
    await clock.advance(10 * MINUTE);
    // Sent out of order: what is kept lies in front of what is gone.
    const kept = await add(5, { producerTime: START - 1 });
    await jump(clock, HOUR - MINUTE);
    expect(await archived(log, 'producerTime')).toEqual([kept]);
    expect(await log.covering('producerTime', START + 900)).toBe(kept);
    while (room.usage().used > 5 + FRAGMENT_COST + headerCost(header)) await eventLoopTurn();
    expect(fragments.some(({ persisted }) => persisted)).toBe(false);
  });

  it('spare one that is still coming, or on its way into the store, until its own time is over', async () => {
    const { log, clock, payloads, open, room, header } = startLog();
    const coming = open();
    const first: Fragment[] = [];
    log.append(coming, new Uint8Array(10));
    payloads.held = true;
    const slow = open();
    log.append(slow, new Uint8Array(10));
    const slowStored = log.complete(slow, 0);
    payloads.held = false;
    for (let i = 0; i < 5000; i++) {
      const fragment = open();
      log.append(fragment, new Uint8Array(1));
      await log.complete(fragment, 0);
      first.push(fragment);
    }
    await jump(clock, HOUR + 5002);
    expect(log.after(undefined)).toBe(coming);
    expect(log.after(coming.number)).toBe(slow);
    expect(log.after(slow.number)).toBeUndefined();
    // In the middle of the dropping the stream gets a longer retention: what is gone stays gone, these two do not go.
    expect(first.at(-1)?.persisted).toBe(true);
    log.setRetention(3 * HOUR);
    payloads.letGo();
    expect([await slowStored, await log.complete(coming, 0)]).toEqual([true, true]);
    expect(await archived(log)).toEqual([coming, slow]);
    expect(numbersOf(log)).toEqual([coming.number, slow.number]);
    while (first.at(-1)?.persisted) await eventLoopTurn();
    await eventLoopTurn();
    expect(await archived(log)).toEqual([coming, slow]);
    expect(room.usage().used).toBe(20 + 2 * FRAGMENT_COST + headerCost(header));
    await clock.advance(2 * HOUR);
    expect([await archived(log), room.usage().used]).toEqual([[], 0]);
  });

  it('take with them those that came into the archive meanwhile, when the retention falls again', async () => {
    const { log, clock, open, add, room } = startLog();
    const coming = open();
    log.append(coming, new Uint8Array(10));
    for (let i = 0; i < 5000; i++) await add(1);
    await jump(clock, HOUR + 5001);
    expect(log.after(coming.number)).toBeUndefined();
    log.setRetention(3 * HOUR);
    await log.complete(coming, 0);
    expect(log.archivedFragment(coming.number)).toBe(coming);
    log.setRetention(HOUR);
    expect(log.archivedFragment(coming.number)).toBeUndefined();
    expect([await archived(log), numbersOf(log)]).toEqual([[], []]);
    while (room.usage().used > 0) await eventLoopTurn();
  });

  it('make room at once for what comes', async () => {
    const filled = 5000 * (1 + FRAGMENT_COST);
    const capacity = filled + headerCost(makeHeader());
    const { log, clock, room, open } = await startMany(5000, { capacity });
    await jump(clock, HOUR + 5000);
    const next = open();
    expect(room.usage().used).toBeGreaterThan(3000 * FRAGMENT_COST);
    expect(log.append(next, new Uint8Array(filled - FRAGMENT_COST))).toBe(true);
    expect([numbersOf(log), room.usage().used]).toEqual([[next.number], capacity]);
  });

  it('of the hot buffer are gone in the same way', async () => {
    const { log, clock, fragments, open, room } = await startMany(5000, { retentionMs: 0 });
    await clock.advance(MINUTE);
    const last = open();
    log.append(last, new Uint8Array(3));
    await log.complete(last, 0);
    await jump(clock, 5 * MINUTE - 1);
    expect(numbersOf(log)).toEqual([last.number]);
    expect(log.after(fragments[3000]?.number)).toBe(last);
    expect(room.usage().used).toBeGreaterThan(3000);
    expect(await log.covering('serverTime', START)).toBe(last);
    await clock.advance(1);
    while (room.usage().used > 0) await eventLoopTurn();
    expect(numbersOf(log)).toEqual([]);
  });
});

describe('a stream of many fragments that is deleted', () => {
  it('is empty at once, and gives its memory back while others have their turns', async () => {
    const { log, open, tryOpen, clock, room } = await startMany();
    const coming = open();
    log.append(coming, new Uint8Array(10));
    log.delete();
    expect([log.deleted, coming.state, numbersOf(log), log.inProgress()]).toEqual([true, 'failed', [], undefined]);
    expect([await archived(log), tryOpen()]).toEqual([[], undefined]);
    expect(room.usage().used).toBeGreaterThan(MANY / 2);
    let turns = 0;
    for (; room.usage().used > 0; turns++) await eventLoopTurn();
    expect(turns).toBeGreaterThan(MANY / SLICE / 2);
    await clock.advance(2 * HOUR);
    expect(room.usage().used).toBe(0);
  });

  it('in the middle of an expiry, with others coming and on their way, leaves nothing', async () => {
    const { log, clock, payloads, open, add, room } = startLog();
    payloads.held = true;
    const slow = open();
    log.append(slow, new Uint8Array(10));
    const stored = log.complete(slow, 0);
    payloads.held = false;
    for (let i = 0; i < 5000; i++) await add(1);
    await jump(clock, HOUR + 5001);
    expect(log.after(undefined)).toBe(slow);
    await eventLoopTurn();
    log.delete();
    payloads.letGo();
    expect(await stored).toBe(false);
    while (room.usage().used > 0) await eventLoopTurn();
    expect([slow.persisted, slow.payload?.size]).toEqual([false, 10]);
  });

  it('is let be once the clock has been stopped for good', async () => {
    const { log, clock, room } = await startMany(5000);
    log.delete();
    clock.stop();
    const left = room.usage().used;
    for (let turn = 0; turn < 20; turn++) await eventLoopTurn();
    expect(room.usage().used).toBe(left);
    expect(left).toBeGreaterThan(0);
  });
});

describe('advancing over the expiry of a whole archive', () => {
  it('takes as many turns as there are slices, however many milliseconds the fragments are apart', async () => {
    const { log, clock, room } = await startMany();
    const turns = await turnsDuring(clock.advance(2 * HOUR), () => undefined);
    expect([room.usage().used, numbersOf(log)]).toEqual([0, []]);
    expect(turns).toBeGreaterThanOrEqual(MANY / SLICE);
    // Each fragment has an expiry of its own: one by one there would be a turn for each.
    expect(turns).toBeLessThan(MANY / 10);
  });
});
