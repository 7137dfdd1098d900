import { describe, expect, it, vi } from 'vitest';
import { type RecordStore, StoreError } from '../../../src/domain/ports.ts';
import { Streams } from '../../../src/domain/streams/streams.ts';
import { ControllableClock } from '../../../src/runtime/clock.ts';
import { createIds } from '../../../src/runtime/ids.ts';
import { silentLog } from '../../../src/runtime/log.ts';
import { createRandom } from '../../../src/runtime/random.ts';
import { Room } from '../../../src/runtime/room.ts';
import { MemoryPayloadStore } from '../../../src/store/memory/payloads.ts';
import { MemoryRecordStore } from '../../../src/store/memory/records.ts';

const HERE = { account: '111122223333', region: 'us-east-1' };

/** Streams that take 10 ms from one state to the next, and a store that keeps nothing new while it is told so. */
function emulated() {
  const failures: unknown[] = [];
  const clock = new ControllableClock({ startTime: 1000, frozen: true, onError: (error) => failures.push(error) });
  const records = new MemoryRecordStore();
  let full = false;
  const guarded =
    <Args extends unknown[]>(work: (...args: Args) => void) =>
    (...args: Args): void => {
      if (full) throw new StoreError('full', 'There is no room for a record.');
      work(...args);
    };
  records.streams.put = guarded(records.streams.put.bind(records.streams));
  records.streams.remove = guarded(records.streams.remove.bind(records.streams));
  const room = new Room({ capacity: 1000 });
  const services = {
    clock,
    ids: createIds(createRandom(1)),
    room,
    log: silentLog,
    payloads: new MemoryPayloadStore(room),
  };
  const transitions = { creating: 10, updating: 10, deleting: 10 };
  const make = (store: RecordStore): Streams => new Streams({ ...services, records: store, transitions });
  return {
    clock,
    records,
    failures,
    streams: make(records),
    /** Those that a restart would come to. */
    again: () => make(records),
    setFull: (to: boolean) => {
      full = to;
    },
  };
}
const kept = ({ streams }: RecordStore) => [...streams.entries()].map(([, record]) => record);

describe('a record', () => {
  it('cannot be written to', () => {
    const stream = emulated().streams.create(HERE, { name: 'a' });
    const attempts = () => {
      // @ts-expect-error
      stream.record = { ...stream.record };
      // @ts-expect-error
      stream.record.status = 'ACTIVE';
      // @ts-expect-error
      stream.record.scope.region = 'eu-west-1';
      // @ts-expect-error
      stream.record.tags.push(['a', 'b']);
      // @ts-expect-error
      stream.record.edge.syncStatus = 'IN_SYNC';
      // @ts-expect-error
      stream.change({ arn: 'another' });
      // @ts-expect-error
      stream.change({ createdAt: 1 });
    };
    expect(attempts).toThrow(TypeError);
  });

  it('of before a change stays as it was, and the new one is what is kept', async () => {
    const { streams, records, clock } = emulated();
    const stream = streams.create(HERE, { name: 'a' });
    await clock.advance(10);
    const before = stream.record;
    const text = JSON.stringify(before);
    streams.update(stream, before.version, { deviceName: 'door' });
    streams.tag(stream, new Map([['a', 'b']]));
    expect(JSON.stringify(before)).toBe(text);
    expect(stream.record).toMatchObject({
      deviceName: 'door',
      status: 'UPDATING',
      statusEnds: { at: 1020, to: 'ACTIVE' },
    });
    expect(kept(records)).toEqual([stream.record]);
  });

  it('of a stream that has gone is not kept again, whatever is done to the stream', async () => {
    const { streams, records, clock } = emulated();
    const stream = streams.create(HERE, { name: 'a' });
    await clock.advance(10);
    streams.delete(stream, undefined);
    await clock.advance(10);
    streams.tag(stream, new Map([['a', 'b']]));
    expect(kept(records)).toEqual([]);
    const other = streams.create(HERE, { name: 'a' });
    streams.reset();
    streams.tag(other, new Map([['a', 'b']]));
    expect(kept(records)).toEqual([]);
  });
});

describe('a change that cannot be kept', () => {
  it('is not made, and its caller is told why', async () => {
    const { streams, records, clock, setFull } = emulated();
    const stream = streams.create(HERE, { name: 'a', dataRetentionInHours: 1 });
    await clock.advance(10);
    const { record } = stream;
    const [deleted, retention] = [vi.spyOn(stream.fragments, 'delete'), vi.spyOn(stream.fragments, 'setRetention')];
    setFull(true);
    for (const change of [
      () => streams.create(HERE, { name: 'b' }),
      () => streams.update(stream, record.version, { deviceName: 'door' }),
      () => streams.changeRetention(stream, record.version, 1),
      () => streams.setStorageTier(stream, record.version, 'WARM'),
      () => streams.tag(stream, new Map([['a', 'b']])),
      () => streams.untag(stream, ['a']),
      () => streams.delete(stream, record.version),
    ]) {
      expect(change).toThrow(expect.objectContaining({ name: 'StoreError', kind: 'full' }));
    }
    expect([...streams.all()]).toEqual([stream]);
    expect(stream.record).toBe(record);
    expect(kept(records)).toEqual([record]);
    expect([deleted, retention].map(({ mock }) => mock.calls)).toEqual([[], []]);
    setFull(false);
    streams.update(stream, record.version, { deviceName: 'door' });
    expect(stream.record.version).not.toBe(record.version);
    await clock.advance(10);
    expect(stream.record.status).toBe('ACTIVE');
  });

  it('is made all the same if time makes it, and a restart comes to the same', async () => {
    const { streams, clock, failures, again, setFull } = emulated();
    const statuses = (all: Streams) => [...all.all()].map(({ record }) => `${record.name} ${record.status}`);
    const deleted = streams.create(HERE, { name: 'a' });
    await clock.advance(10);
    streams.delete(deleted, undefined);
    streams.create(HERE, { name: 'b' });
    setFull(true);
    await clock.advance(10);
    expect(statuses(streams)).toEqual(['b ACTIVE']);
    expect(failures).toEqual([expect.any(StoreError), expect.any(StoreError)]);
    setFull(false);
    expect(statuses(again())).toEqual(['b ACTIVE']);
  });
});

it('a store that cannot be read makes no streams at all', () => {
  const records = new MemoryRecordStore();
  records.streams.entries = () => {
    throw new StoreError('unreadable', 'The record at 17 breaks off.');
  };
  const room = new Room({ capacity: 0 });
  const clock = new ControllableClock({ startTime: 1000, frozen: true });
  const services = {
    clock,
    ids: createIds(createRandom(1)),
    room,
    log: silentLog,
    payloads: new MemoryPayloadStore(room),
    records,
  };
  expect(() => new Streams(services)).toThrow('The record at 17 breaks off.');
});
