import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FRAGMENT_COST, HEADER_COST } from '../../../src/domain/fragments/fragment.ts';
import { StoreError } from '../../../src/domain/ports.ts';
import { bytesOf, HOUR, makeHeader, numbersOf, START, startLog } from '../../support/fragments.ts';

const MINUTE = 60_000;
/** Of a first fragment, and of one that comes with another header. */
const BOTH = FRAGMENT_COST + HEADER_COST;
const ALL = [0, Number.MAX_SAFE_INTEGER] as const;
const archived = (log: ReturnType<typeof startLog>['log']): string[] =>
  [...log.archived('serverTime', ...ALL)].flatMap((fragment) => fragment?.number ?? []);

describe('the fragments of a stream with retention', () => {
  it('are there to the millisecond, whoever looks, and their memory is freed', async () => {
    const { log, add, clock, room, header } = startLog({ retentionMs: HOUR });
    const first = await add(5000);
    await clock.advance(10_000);
    const second = await add(3000);
    expect(room.usage().used).toBe(8000 + FRAGMENT_COST + BOTH + header.size);
    await clock.advance(HOUR - 10_001);
    expect(archived(log)).toEqual([first.number, second.number]);
    expect(await bytesOf(first)).toHaveLength(5000);
    await clock.advance(1);
    expect(archived(log)).toEqual([second.number]);
    expect(log.archivedFragment(first.number)).toBeUndefined();
    expect((await log.covering('serverTime', START))?.number).toBe(second.number);
    expect(room.usage().used).toBe(3000 + BOTH + header.size);
    await clock.advance(10_000);
    expect(numbersOf(log)).toEqual([]);
    expect(room.usage().used).toBe(0);
  });

  it('are gone for whoever looks at that very time, before the clock has called the log', async () => {
    const { log, add, clock } = startLog({ retentionMs: HOUR });
    let seen: string[] | undefined;
    clock.at(START + HOUR, () => {
      seen = numbersOf(log);
    });
    await add();
    await clock.advance(HOUR);
    expect(seen).toEqual([]);
  });

  it('go at once when the retention becomes shorter than their age, and stay when it becomes longer', async () => {
    const { log, add, clock } = startLog({ retentionMs: HOUR });
    const first = await add();
    await clock.advance(30 * MINUTE);
    const second = await add();
    log.setRetention(2 * HOUR);
    await clock.advance(60 * MINUTE);
    expect(archived(log)).toEqual([first.number, second.number]);
    log.setRetention(HOUR + 30 * MINUTE);
    expect(archived(log)).toEqual([second.number]);
    log.setRetention(0);
    expect(numbersOf(log)).toEqual([]);
  });

  it('expire by the server time they were given, also behind one that is still coming', async () => {
    const { log, add, open, clock, room } = startLog({ retentionMs: HOUR });
    const coming = open();
    log.append(coming, new Uint8Array(10));
    const next = await add();
    await clock.advance(HOUR);
    // Of two that begin in one millisecond, the later has the next.
    expect(numbersOf(log)).toEqual([coming.number, next.number]);
    await clock.advance(1);
    expect(numbersOf(log)).toEqual([coming.number]);
    expect(await log.complete(coming, 1000)).toBe(true);
    expect(archived(log)).toEqual([]);
    expect(room.usage().used).toBe(0);
  });

  it('are not in the archive before they are whole', async () => {
    const { log, open } = startLog();
    const fragment = open();
    log.append(fragment, Uint8Array.of(1, 2));
    expect(archived(log)).toEqual([]);
    expect(log.archivedFragment(fragment.number)).toBeUndefined();
    expect([log.after(undefined), log.inProgress()]).toEqual([fragment, fragment]);
    await log.complete(fragment, 40);
    expect(archived(log)).toEqual([fragment.number]);
    expect(log.inProgress()).toBeUndefined();
    expect(await bytesOf(fragment)).toEqual(Uint8Array.of(1, 2));
  });

  it('do not hold what failed', () => {
    const { log, open, room } = startLog();
    const failed = open();
    log.append(failed, new Uint8Array(100));
    log.fail(failed);
    expect([failed.state, numbersOf(log), room.usage().used]).toEqual(['failed', [], 0]);
  });

  it('find the one that covers a time by when it began and how long it is', async () => {
    const { log, add, clock } = startLog();
    const first = await add(10, { lengthMs: 1000 });
    await clock.advance(5000);
    const second = await add(10, { lengthMs: 1000 });
    const at = async (time: number) => (await log.covering('serverTime', START + time))?.number;
    for (const time of [-9, 0, 999, 4999]) expect(await at(time)).toBe(first.number);
    for (const time of [5000, 6000]) expect(await at(time)).toBe(second.number);
    expect(await at(6001)).toBeUndefined();
  });
});

describe('the fragments of a stream without retention', () => {
  it('stay for five minutes for readers at the live edge, and are never in the archive', async () => {
    const { log, add, clock, room } = startLog({ retentionMs: 0 });
    const first = await add();
    expect([first.persisted, archived(log), numbersOf(log)]).toEqual([false, [], [first.number]]);
    await clock.advance(5 * MINUTE - 1);
    const second = await add();
    expect(numbersOf(log)).toEqual([first.number, second.number]);
    await clock.advance(1);
    expect(numbersOf(log)).toEqual([second.number]);
    await clock.advance(5 * MINUTE - 1);
    expect([numbersOf(log), room.usage().used]).toEqual([[], 0]);
  });

  it('are no more than 200 MB: the oldest give way', async () => {
    const { log, add, open, room, header } = startLog({ retentionMs: 0 });
    const large = new Uint8Array(50_000_000);
    const numbers: string[] = [];
    for (let i = 0; i < 5; i++) {
      const fragment = open();
      log.append(fragment, large);
      await log.complete(fragment, 1000);
      numbers.push(fragment.number);
    }
    expect(numbersOf(log)).toEqual(numbers.slice(1));
    expect(room.usage().used).toBe(200_000_000 + 4 * FRAGMENT_COST + HEADER_COST + header.size);
    const last = await add(1);
    expect(numbersOf(log)).toEqual([...numbers.slice(2), last.number]);
  });

  it('give way to what is coming when memory is full', async () => {
    const { log, add, open, room } = startLog({
      retentionMs: 0,
      capacity: 10_100 + 2 * FRAGMENT_COST + BOTH,
    });
    const old = [await add(4000), await add(4000)];
    const fragment = open();
    expect(log.append(fragment, new Uint8Array(2000))).toBe(true);
    expect(numbersOf(log)).toEqual([...old.map(({ number }) => number), fragment.number]);
    expect(log.append(fragment, new Uint8Array(1))).toBe(true);
    expect(numbersOf(log)).toEqual([old[1]?.number, fragment.number]);
    expect(log.append(fragment, new Uint8Array(7999 + 2 * FRAGMENT_COST))).toBe(true);
    expect(numbersOf(log)).toEqual([fragment.number]);
    expect(log.append(fragment, new Uint8Array(1))).toBe(false);
    expect(room.usage().used).toBe(10_100 + 2 * FRAGMENT_COST + BOTH);
  });

  it('of before stay for their five minutes when the stream gets a retention', async () => {
    const { log, add, clock, room } = startLog({ retentionMs: 0 });
    const hot = await add();
    log.setRetention(HOUR);
    const kept = await add();
    expect([numbersOf(log), archived(log)]).toEqual([[hot.number, kept.number], [kept.number]]);
    await clock.advance(5 * MINUTE);
    expect(numbersOf(log)).toEqual([kept.number]);
    await clock.advance(HOUR);
    expect(room.usage().used).toBe(0);
  });
});

describe('memory', () => {
  /** Bytes that were got from the machine since. */
  function countMemory(): () => number {
    const allocate = Buffer.allocUnsafeSlow;
    let bytes = 0;
    const spy = vi.spyOn(Buffer, 'allocUnsafeSlow').mockImplementation((size) => {
      bytes += size;
      return allocate(size);
    });
    onTestFinished(() => spy.mockRestore());
    return () => bytes;
  }

  it.each([0, HOUR])(
    'is little more than the fragments that are held, with a retention of %i ms',
    async (retentionMs) => {
      const { add } = startLog({ retentionMs });
      const got = countMemory();
      for (let i = 0; i < 500; i++) await add(1000);
      expect(got()).toBeLessThan(2 * 500 * 1000);
    },
  );

  it('of a fragment that failed is used again', () => {
    const { log, open } = startLog();
    const got = countMemory();
    for (let i = 0; i < 5; i++) {
      const fragment = open();
      log.append(fragment, new Uint8Array(3_000_000));
      log.fail(fragment);
    }
    expect(got()).toBeLessThan(2 * 3_000_000);
  });
});

describe('memory that is full', () => {
  it('takes neither a new fragment nor more bytes, and does again once there is room', async () => {
    const { log, add, tryOpen, open, clock, room, header } = startLog({
      capacity: 1100 + FRAGMENT_COST + BOTH,
    });
    await add(1000);
    expect(room.usage().used).toBe(1100 + BOTH);
    expect(tryOpen({ leading: new Uint8Array(1) })).toBeUndefined();
    expect(tryOpen({ header: makeHeader() })).toBeUndefined();
    const fragment = open();
    expect(log.append(fragment, new Uint8Array(1))).toBe(false);
    log.fail(fragment);
    expect(room.usage().used).toBe(1100 + BOTH);
    await clock.advance(HOUR);
    expect(room.usage().used).toBe(0);
    await add(1100 + FRAGMENT_COST - header.size);
  });

  it.each([0, HOUR])(
    'goes on with the newest when the oldest may go, with a retention of %d ms',
    async (retentionMs) => {
      const { log, add, clock, room } = startLog({ retentionMs, capacity: 20_000, dropOldest: true });
      const added: string[] = [];
      for (let i = 0; i < 300; i++) {
        added.push((await add(1000)).number);
        await clock.advance(1000);
      }
      const left = numbersOf(log);
      expect(left.length).toBeGreaterThan(5);
      expect(left).toEqual(added.slice(-left.length));
      log.delete();
      expect(room.usage().used).toBe(0);
    },
  );

  it('counts a header as long as any fragment uses it, and once', async () => {
    const { log, add, open, room } = startLog({ retentionMs: 0, capacity: 1000 + 2 * BOTH + FRAGMENT_COST });
    const [one, other] = [makeHeader(100), makeHeader(50, { withoutTags: 30 })];
    await add(10, { header: one });
    await add(10, { header: one });
    await add(10, { header: other });
    expect(room.usage().used).toBe(30 + 100 + 80 + FRAGMENT_COST + 2 * BOTH);
    // The two old fragments give way, the header that the new one shares with them must not.
    const fragment = open({ header: one, leading: new Uint8Array(801) });
    expect(room.usage().used).toBe(801 + 100 + 10 + 80 + 2 * BOTH);
    log.delete();
    expect(room.usage().used).toBe(0);
    expect(fragment.state).toBe('failed');
  });

  it('counts right when there is no room for what stands in front of a fragment', async () => {
    const { log, add, tryOpen, room } = startLog({ retentionMs: 0, capacity: 500 + BOTH });
    await add(10);
    expect(tryOpen({ leading: new Uint8Array(1000 + BOTH) })).toBeUndefined();
    expect([numbersOf(log), room.usage().used]).toEqual([[], 0]);
    expect(tryOpen({ leading: new Uint8Array(400) })).toBeDefined();
    expect(room.usage().used).toBe(500 + BOTH);
  });
});

describe('a stream that is deleted', () => {
  it.each([0, HOUR])('leaves nothing in memory, with a retention of %d ms', async (retentionMs) => {
    const { log, add, open, room, clock } = startLog({ retentionMs });
    await add(1000, { leading: new Uint8Array(5) });
    const coming = open({ header: makeHeader(9), leading: new Uint8Array(7) });
    log.append(coming, new Uint8Array(100));
    let told = 0;
    log.onDelete(() => {
      told++;
    });
    log.onDelete(() => expect.unreachable('called off'))();
    log.delete();
    expect([told, log.deleted, coming.state, room.usage().used]).toEqual([1, true, 'failed', 0]);
    expect([numbersOf(log), archived(log), log.inProgress()]).toEqual([[], [], undefined]);
    await clock.advance(2 * HOUR);
    expect(room.usage().used).toBe(0);
  });

  it('takes nothing more', async () => {
    const { log, open, tryOpen, room } = startLog({ retentionMs: 0 });
    const coming = open();
    log.append(coming, new Uint8Array(10));
    log.delete();
    expect(log.append(coming, new Uint8Array(10))).toBe(false);
    expect(await log.complete(coming, 0)).toBe(false);
    log.fail(coming);
    expect(tryOpen()).toBeUndefined();
    expect([numbersOf(log), room.usage().used]).toEqual([[], 0]);
  });

  it('while the store is at work leaves nothing either', async () => {
    const { log, open, payloads, room } = startLog();
    payloads.held = true;
    const fragment = open();
    log.append(fragment, new Uint8Array(1000));
    const stored = log.complete(fragment, 0);
    log.delete();
    payloads.letGo();
    expect(await stored).toBe(false);
    expect([room.usage().used, fragment.persisted]).toEqual([0, false]);
  });

  it('while the store fails leaves nothing either', async () => {
    const { log, open, payloads, room } = startLog();
    payloads.held = true;
    payloads.failure = new StoreError('broken', 'the disk is gone');
    const fragment = open();
    log.append(fragment, new Uint8Array(1000));
    const stored = log.complete(fragment, 0);
    log.delete();
    payloads.letGo();
    await expect(stored).rejects.toThrow('the disk is gone');
    expect(room.usage().used).toBe(0);
  });
});

describe('a store that fails', () => {
  it('loses that fragment, its room, and no other', async () => {
    const { log, add, open, payloads, room, header } = startLog();
    const kept = await add(10);
    payloads.failure = new StoreError('full', 'the disk is full');
    const lost = open();
    log.append(lost, new Uint8Array(1000));
    await expect(log.complete(lost, 0)).rejects.toThrow('the disk is full');
    expect([numbersOf(log), room.usage().used]).toEqual([[kept.number], 10 + BOTH + header.size]);
    payloads.failure = undefined;
    const next = await add(20);
    expect(archived(log)).toEqual([kept.number, next.number]);
    expect(log.gave(lost.number)).toBe(true);
  });
});
