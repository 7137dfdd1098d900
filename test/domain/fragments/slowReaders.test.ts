// Readers that take their time, and fragments that go meanwhile.
import { describe, expect, it } from 'vitest';
import { type FollowEvent, follow } from '../../../src/domain/fragments/follow.ts';
import { type Fragment, withWhole } from '../../../src/domain/fragments/fragment.ts';
import { FragmentReader } from '../../../src/domain/fragments/fragmentReader.ts';
import { SOMEBODY, startLog } from '../../support/fragments.ts';

const MIB = 1 << 20;
const RETENTION_MS = 10_000;

/** A stream with one fragment, and what a reader is told that follows it from there. */
async function startReading(size: number, options: { retentionMs?: number; open?: boolean } = {}) {
  const { retentionMs = RETENTION_MS, open: isOpen = false } = options;
  const { clock, log, open } = startLog({ retentionMs });
  const fragment: Fragment = open({ producerTime: 1 });
  for (let at = 0; at < size; at += MIB) log.append(fragment, new Uint8Array(Math.min(MIB, size - at)).fill(7));
  if (!isOpen) await log.complete(fragment, 100);
  const events = follow(log, { at: 'earliest' }, clock, new AbortController().signal, SOMEBODY);
  const next = async (): Promise<FollowEvent> => {
    const { value } = await events.next();
    if (value === undefined) throw new Error('nothing more was told');
    return value;
  };
  return { clock, log, fragment, next, events };
}

const lengthOf = (event: FollowEvent): number => (event.event === 'bytes' ? event.bytes.length : Number.NaN);

describe('a fragment that goes while it is read', () => {
  it.each([RETENTION_MS, 0])(
    'breaks off if much of it is left, and is held no longer: retention %i ms',
    async (retentionMs) => {
      const { clock, fragment, next, events } = await startReading(3 * MIB, { retentionMs });
      expect((await next()).event).toBe('begin');
      expect(lengthOf(await next())).toBeGreaterThan(0);
      await clock.advance(RETENTION_MS + 300_000);
      expect(await withWhole([fragment], SOMEBODY, ([whole]) => whole)).toBeUndefined();
      expect(await next()).toEqual({ event: 'broken', fragment });
      expect((await events.next()).done).toBe(true);
    },
  );

  it('comes to its end if little of it is left', async () => {
    const { clock, fragment, next } = await startReading(MIB + 1000);
    expect((await next()).event).toBe('begin');
    let read = 0;
    while (read < MIB) read += lengthOf(await next());
    await clock.advance(RETENTION_MS);
    const rest = await next();
    expect(rest).toEqual({ event: 'bytes', bytes: new Uint8Array(MIB + 1000 - read).fill(7) });
    expect(rest.event === 'bytes' && rest.bytes.buffer.byteLength).toBeLessThan(65_537);
    expect(await next()).toEqual({ event: 'end', fragment });
  });

  it('is not begun at all if nothing of it has been told', async () => {
    const { clock, log, fragment } = await startReading(3 * MIB);
    const reading = FragmentReader.open(log, fragment, { reader: SOMEBODY });
    await clock.advance(RETENTION_MS);
    const reader = await reading;
    expect([reader.take(), reader.cut]).toEqual([undefined, true]);
    reader.close();
  });

  it('that fails while it comes still gives what is little, and then breaks off', async () => {
    const { log, fragment, next } = await startReading(40_000, { open: true });
    expect((await next()).event).toBe('begin');
    log.append(fragment, new Uint8Array(20_000).fill(8));
    log.fail(fragment);
    let read = 0;
    let event = await next();
    for (; event.event === 'bytes'; event = await next()) read += event.bytes.length;
    expect([read, event.event]).toEqual([60_000, 'broken']);
  });

  it('is given in pieces that a reader who does not read may hold', async () => {
    const { next } = await startReading(3 * MIB);
    await next();
    const sizes = [];
    for (let event = await next(); event.event === 'bytes'; event = await next()) sizes.push(event.bytes.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MIB / 4);
    expect(sizes.reduce((total, size) => total + size)).toBe(3 * MIB);
  });
});
