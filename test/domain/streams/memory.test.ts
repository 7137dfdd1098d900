// The memory of streams that have gone comes back in slices, to the last byte, whatever is done meanwhile.
import { expect, it, vi } from 'vitest';
import { FRAGMENT_COST, type Fragment, headerCost } from '../../../src/domain/fragments/fragment.ts';
import type { ShelfOwner } from '../../../src/domain/ports.ts';
import type { Stream } from '../../../src/domain/streams/stream.ts';
import { Streams } from '../../../src/domain/streams/streams.ts';
import { ControllableClock } from '../../../src/runtime/clock.ts';
import { createIds } from '../../../src/runtime/ids.ts';
import { silentLog } from '../../../src/runtime/log.ts';
import { createRandom } from '../../../src/runtime/random.ts';
import { Room } from '../../../src/runtime/room.ts';
import { turn } from '../../../src/runtime/slices.ts';
import { eventLoopTurn } from '../../../src/runtime/wall.ts';
import { MemoryPayloadStore } from '../../../src/store/memory/payloads.ts';
import { MemoryRecordStore } from '../../../src/store/memory/records.ts';
import { HOUR, makeHeader, numbersOf, SOMEBODY } from '../../support/fragments.ts';

const SCOPE = { account: '000000000000', region: 'us-east-1' };
const MANY = 5000;

function startStreams() {
  const clock = new ControllableClock({ startTime: Date.parse('2026-11-22T12:00:00Z'), frozen: true });
  const room = new Room({ capacity: 1 << 30 });
  const payloads = new MemoryPayloadStore(room);
  const streams = new Streams({
    clock,
    ids: createIds(createRandom(1)),
    room,
    log: silentLog,
    payloads,
    records: new MemoryRecordStore(),
  });
  const asked: ShelfOwner[] = [];
  const shelf = payloads.shelf.bind(payloads);
  vi.spyOn(payloads, 'shelf').mockImplementation((owner) => {
    asked.push(owner);
    return shelf(owner);
  });
  const header = makeHeader();
  return {
    asked,
    shelf,
    clock,
    streams,
    used: () => room.usage().used,
    create: (name = 'camera') => streams.create(SCOPE, { name, dataRetentionInHours: 1 }),
    async fill({ fragments: log }: Stream, count: number): Promise<void> {
      const session = {};
      for (let at = 0; at < count; at++) {
        const spec = {
          producerTime: at,
          timecode: 0n,
          header,
          first: false,
          leading: new Uint8Array(),
          writer: SOMEBODY,
        };
        const fragment = log.open(session, spec) as Fragment;
        log.append(fragment, Uint8Array.of(1));
        await log.complete(fragment, 1);
      }
    },
  };
}

it('a stream of many fragments that is deleted leaves its name at once', async () => {
  const { streams, create, fill, used } = startStreams();
  const old = create();
  await fill(old, MANY);
  streams.delete(old, undefined);
  const made = create();
  await fill(made, 3);
  expect([numbersOf(old.fragments).length, numbersOf(made.fragments).length]).toEqual([0, 3]);
  await turn();
  const kept = 3 * (1 + FRAGMENT_COST) + headerCost(makeHeader());
  while (used() > kept) await eventLoopTurn();
  for (let turns = 0; turns < 10; turns++) await eventLoopTurn();
  expect(used()).toBe(kept);
});

it('a reset in the middle of a deletion and of an expiry leaves nothing behind', async () => {
  const { streams, clock, create, fill, used } = startStreams();
  const [deleted, expiring, whole] = [create('a'), create('b'), create('c')];
  for (const stream of [deleted, expiring, whole]) await fill(stream, MANY);
  await clock.advance(10);
  streams.delete(deleted, undefined);
  clock.reset({ keepTime: true });
  await clock.advance(HOUR + MANY / 2);
  expect(numbersOf(expiring.fragments).length).toBeLessThan(MANY);
  await eventLoopTurn();
  expect(used()).toBeGreaterThan(MANY * FRAGMENT_COST);
  expect([...streams.all()]).toHaveLength(2);
  streams.reset();
  expect([...streams.all()]).toEqual([]);
  expect([...streams.all()]).toEqual([]);
  create('c');
  while (used() > 0) await eventLoopTurn();
  for (let turns = 0; turns < 10; turns++) await eventLoopTurn();
  expect(used()).toBe(0);
});

it('a stream made after a reset under the ARN of one that was there has nothing of its fragments', async () => {
  const { streams, asked, shelf, create, fill, used } = startStreams();
  const old = create();
  await fill(old, MANY);
  streams.reset();
  expect(used()).toBeGreaterThan(MANY);
  const made = create();
  expect(made.record.arn).toBe(old.record.arn);
  expect(numbersOf(made.fragments)).toEqual([]);
  await fill(made, 2);
  const kept = 2 * (1 + FRAGMENT_COST) + headerCost(makeHeader());
  while (used() > kept) await eventLoopTurn();
  expect([...shelf(asked[1] as ShelfOwner).entries()]).toHaveLength(2);
});

it('the place where fragments are kept knows whose they are, and by which key', () => {
  const { streams, create, asked } = startStreams();
  const stream = streams.create(SCOPE, { name: 'locked', kmsKeyId: 'alias/mine' });
  const other = create();
  expect(asked.map(({ arn, keyId }) => [arn, keyId()])).toEqual([
    [stream.record.arn, 'alias/mine'],
    [other.record.arn, other.record.kmsKeyId],
  ]);
});
