// A log made on a shelf that another one has left.
import { describe, expect, it } from 'vitest';
import { FRAGMENT_COST, headerCost, openFragment } from '../../../src/domain/fragments/fragment.ts';
import { FragmentLog } from '../../../src/domain/fragments/fragmentLog.ts';
import { StoreError } from '../../../src/domain/ports.ts';
import { createLog } from '../../../src/runtime/log.ts';
import {
  bytesOf,
  HOUR,
  type LogOptions,
  makeHeader,
  numbersOf,
  SOMEBODY,
  sequenceOf,
  startLog,
} from '../../support/fragments.ts';

type Started = ReturnType<typeof startLog>;

/** The next one, as if the process had ended and begun again. */
const next = ({ payloads, blocks, clock }: Started, options: LogOptions = {}): Started =>
  startLog({ startTime: clock.now(), left: { payloads, blocks: blocks() }, ...options });
const keptIn = ({ payloads, owner }: Started): string[] =>
  [...payloads.shelf(owner).entries()].map(({ record }) => record.number).sort();
const headersIn = ({ payloads, owner }: Started): number => [...payloads.shelf(owner).headers.entries()].length;
async function archived(log: Started['log'], axis: 'serverTime' | 'producerTime'): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const fragment of log.archived(axis, 0, Number.MAX_SAFE_INTEGER)) {
    if (fragment === undefined) continue;
    const { number, begunAt, serverTime, producerTime, timecode, first, leading, size, lengthMs } = fragment;
    const { header } = (await openFragment(fragment, SOMEBODY)) ?? {};
    const plain = { number, begunAt, serverTime, producerTime, timecode, header, first, leading, size, lengthMs };
    found.push({ ...plain, bytes: await bytesOf(fragment) });
  }
  return found;
}

describe('a log on a shelf that holds fragments', () => {
  it('has them as they were, by number and by both times', async () => {
    const one = startLog();
    const other = makeHeader(30, { withoutTags: 20, trackNumbers: [1, 2] });
    await one.add(100, { producerTime: 5000 });
    await one.add(200, { producerTime: 1000, leading: Uint8Array.of(1, 2), lengthMs: 40 });
    await one.clock.advance(1000);
    await one.add(300, { producerTime: 3000, session: {}, header: other });
    const two = next(one);
    expect(numbersOf(two.log)).toEqual(numbersOf(one.log));
    for (const axis of ['serverTime', 'producerTime'] as const) {
      const there = await archived(two.log, axis);
      expect(there).toHaveLength(3);
      expect(there).toEqual(await archived(one.log, axis));
    }
    expect(two.log.recordedInOrder).toBe(false);
    expect(two.log.newestHeader()?.trackNumbers).toEqual([1, 2]);
    expect(headersIn(one)).toBe(2);
  });

  it('counts what they take of memory besides their bytes, and gives it back with them', async () => {
    const one = startLog();
    const other = makeHeader(30);
    await one.add(100, { leading: new Uint8Array(7) });
    await one.add(200);
    await one.add(300, { header: other });
    const two = next(one);
    expect(two.room.usage().used).toBe(3 * FRAGMENT_COST + 7 + headerCost(one.header) + headerCost(other));
    expect(one.room.usage().used - two.room.usage().used).toBe(600);
    await two.clock.advance(HOUR + 3);
    expect([numbersOf(two.log), two.room.usage().used, keptIn(two), headersIn(two)]).toEqual([[], 0, [], 0]);
  });

  it('has none that has expired meanwhile, nor has the shelf, nor headers of theirs alone', async () => {
    const one = startLog();
    await one.add(100);
    await one.clock.advance(1000);
    const later = await one.add(100, { header: makeHeader(5) });
    const two = next(one, { startTime: later.serverTime + HOUR - 1 });
    expect([numbersOf(two.log), keptIn(two), headersIn(two)]).toEqual([[later.number], [later.number], 1]);
    let seen: string[] | undefined;
    two.clock.at(later.serverTime + HOUR, () => {
      seen = keptIn(two);
    });
    await two.clock.advance(1);
    // The clock had been asked to call for it, before the test asked.
    expect(seen).toEqual([]);
  });

  it('has none if the retention is 0 by now', async () => {
    const one = startLog();
    await one.add();
    const two = next(one, { retentionMs: 0 });
    expect([numbersOf(two.log), keptIn(two), two.room.usage().used]).toEqual([[], [], 0]);
  });

  it('takes nothing more until there is room, if there is less than there was', async () => {
    const one = startLog();
    for (let count = 0; count < 3; count++) await one.add(100);
    const two = next(one, { capacity: 2 * FRAGMENT_COST });
    expect(two.tryOpen()).toBeUndefined();
    expect(numbersOf(two.log)).toHaveLength(3);
    await two.clock.advance(HOUR + 3);
    expect(two.tryOpen()).toBeDefined();
  });

  it('gives up the oldest of them for what comes, where those may go', async () => {
    const one = startLog();
    for (let count = 0; count < 3; count++) await one.add(100);
    const before = numbersOf(one.log);
    const capacity = 3 * FRAGMENT_COST + headerCost(one.header);
    const two = next(one, { capacity, dropOldest: true });
    const fragment = two.open({ header: makeHeader(0) });
    expect(numbersOf(two.log)).toEqual([before[2], fragment.number]);
  });

  it('leaves out, and says so, one whose header is not there', async () => {
    const one = startLog();
    const lost = await one.add(100);
    const left = await one.add(100, { header: makeHeader(1) });
    one.payloads.shelf(one.owner).headers.remove(lost.number);
    const lines: string[] = [];
    const two = next(one, { logger: createLog({ level: 'warn', format: 'json', write: (line) => lines.push(line) }) });
    expect([numbersOf(two.log), keptIn(two)]).toEqual([[left.number], [left.number]]);
    expect(lines.join()).toContain(lost.number);
    expect(lines).toHaveLength(1);
  });
});

describe('a header that no fragment uses', () => {
  it('is removed when the log is made: whoever kept it came no further', async () => {
    const one = startLog();
    await one.add();
    const { headers } = one.payloads.shelf(one.owner);
    headers.put('7', {
      ...{ fragment: '7', bytes: new Uint8Array(9), bytesWithoutTags: null, size: 9, print: null },
      ...{ trackNumbers: [1], timestampScale: '1' },
    });
    next(one);
    expect(headersIn(one)).toBe(1);
  });

  it('and cannot be removed costs nothing but a line in the log', async () => {
    const lines: string[] = [];
    const logger = createLog({ level: 'warn', format: 'json', write: (line) => lines.push(line) });
    const { add, payloads, clock, log, room } = startLog({ logger });
    await add();
    payloads.headerFailure = new StoreError('broken', 'the disk is gone');
    await clock.advance(HOUR);
    expect([numbersOf(log), room.usage().used, lines.length]).toEqual([[], 0, 1]);
    expect(lines[0]).toContain('the disk is gone');
  });
});

describe('numbers after a restart', () => {
  it('go on in the block behind the last that was begun, and are later than what is there', async () => {
    const one = startLog();
    for (let count = 0; count < 1001; count++) await one.add(1);
    const last = await one.add(1);
    expect([sequenceOf(last.number), one.blocks()]).toEqual([1002, 2]);
    const two = next(one);
    const fragment = await two.add(1);
    expect([sequenceOf(fragment.number), fragment.serverTime]).toEqual([2001, last.serverTime + 1]);
    expect(numbersOf(two.log).at(-1)).toBe(fragment.number);
  });

  it.each([0, HOUR])('are none that was given before, though all has gone, with a retention of %i ms', async (ms) => {
    const one = startLog({ retentionMs: ms });
    const given = [await one.add(1), await one.add(1, { session: {} })].map(({ number }) => number);
    await one.clock.advance(2 * HOUR);
    const two = next(one, { retentionMs: ms });
    expect(numbersOf(two.log)).toEqual([]);
    for (const number of given) expect(two.log.gave(number)).toBe(true);
    expect((two.log.newestNumber ?? '') > (given[1] ?? '')).toBe(true);
    expect(sequenceOf((await two.add(1)).number)).toBe(2001);
  });

  it('go on behind the fragments that are there also where their block was not noted', async () => {
    const one = startLog();
    await one.add(1);
    const { payloads } = one;
    expect(sequenceOf((await next(one, { left: { payloads, blocks: 0 } }).add(1)).number)).toBe(1001);
  });

  it('are not given while their block cannot be kept, which leaves nothing behind', async () => {
    const one = startLog();
    const full = new StoreError('full', 'no room for a record');
    const onBlock = (): void => {
      throw full;
    };
    const log = new FragmentLog(one.services, { ...one.owner, onBlock });
    const spec = {
      producerTime: 0,
      timecode: 0n,
      header: makeHeader(),
      first: false,
      leading: new Uint8Array(),
      writer: SOMEBODY,
    };
    expect(() => log.open({}, spec)).toThrow(full);
    expect([numbersOf(log), one.room.usage().used, log.newestNumber]).toEqual([[], 0, undefined]);
  });
});
