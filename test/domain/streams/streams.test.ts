import { afterEach, describe, expect, it, vi } from 'vitest';
import { FragmentLog } from '../../../src/domain/fragments/fragmentLog.ts';
import { Streams, type StreamsServices } from '../../../src/domain/streams/streams.ts';
import { ControllableClock } from '../../../src/runtime/clock.ts';
import { createIds } from '../../../src/runtime/ids.ts';
import { silentLog } from '../../../src/runtime/log.ts';
import { createRandom } from '../../../src/runtime/random.ts';
import { Room } from '../../../src/runtime/room.ts';
import { MemoryPayloadStore } from '../../../src/store/memory/payloads.ts';
import { MemoryRecordStore } from '../../../src/store/memory/records.ts';

const HERE = { account: '111122223333', region: 'us-east-1' };
const THERE = { account: '111122223333', region: 'eu-west-1' };
const HOUR = 3_600_000;

function emulated(options: Partial<StreamsServices> = {}) {
  const clock = new ControllableClock({ startTime: 1_700_000_000_000, frozen: true });
  const payloads = new MemoryPayloadStore(new Room({ capacity: 0 }));
  return {
    clock,
    streams: new Streams({
      clock,
      ids: createIds(createRandom(1)),
      log: silentLog,
      payloads,
      records: new MemoryRecordStore(),
      room: new Room({ capacity: 0 }),
      ...options,
    }),
  };
}

afterEach(() => vi.restoreAllMocks());

describe('the media of a stream', () => {
  it('are kept for as long as its retention says, from the moment that changes', () => {
    const setRetention = vi.spyOn(FragmentLog.prototype, 'setRetention');
    const { streams } = emulated();
    const stream = streams.create(HERE, { name: 'a', dataRetentionInHours: 2 });
    streams.changeRetention(stream, stream.record.version, 3);
    expect(setRetention.mock.calls).toEqual([[5 * HOUR]]);
    streams.changeRetention(stream, stream.record.version, -5);
    expect(setRetention.mock.calls[1]).toEqual([0]);
  });

  it('go at once when it is deleted, once, however long DELETING takes and whatever comes after', async () => {
    const remove = vi.spyOn(FragmentLog.prototype, 'delete');
    const { clock, streams } = emulated({ transitions: { creating: 0, updating: 0, deleting: 1000 } });
    streams.delete(streams.create(HERE, { name: 'a' }), undefined);
    expect(remove).toHaveBeenCalledTimes(1);
    streams.reset();
    await clock.advance(1000);
    expect(remove).toHaveBeenCalledTimes(1);
  });

  it('stay when a deletion is refused', () => {
    const remove = vi.spyOn(FragmentLog.prototype, 'delete');
    const { streams } = emulated();
    const stream = streams.create(HERE, { name: 'a' });
    expect(() => streams.delete(stream, 'other')).toThrow('The version other is not the latest');
    expect(remove).not.toHaveBeenCalled();
  });
});

describe('reset', () => {
  it('forgets all streams and their media, and calls off what they waited for', async () => {
    const remove = vi.spyOn(FragmentLog.prototype, 'delete');
    const { clock, streams } = emulated({ transitions: { creating: 10, updating: 10, deleting: 10 } });
    streams.create(HERE, { name: 'a' });
    streams.create(THERE, { name: 'b' });
    streams.reset();
    expect(remove).toHaveBeenCalledTimes(2);
    expect([...streams.all()]).toEqual([]);
    const again = streams.create(HERE, { name: 'a' });
    await clock.advance(9);
    expect(again.record.status).toBe('CREATING');
  });

  it('of one account and region leaves the others', () => {
    const { streams } = emulated();
    streams.create(HERE, { name: 'a' });
    streams.create(THERE, { name: 'b' });
    streams.reset(HERE);
    expect([...streams.all()].map(({ record }) => record.name)).toEqual(['b']);
  });

  it('of an account takes all of its regions, of a region all of its accounts', () => {
    const OTHER = { account: '999999999999', region: 'eu-west-1' };
    const left = (which: { account?: string; region?: string }): string[] => {
      const { streams } = emulated();
      for (const [name, scope] of Object.entries({ here: HERE, there: THERE, other: OTHER })) {
        streams.create(scope, { name });
      }
      streams.reset(which);
      return [...streams.all()].map(({ record }) => record.name);
    };
    expect(left({ account: HERE.account })).toEqual(['other']);
    expect(left({ region: 'eu-west-1' })).toEqual(['here']);
    expect(left({})).toEqual([]);
  });

  it('does not let a deletion that was under way take a stream made since', async () => {
    const { clock, streams } = emulated({ transitions: { creating: 0, updating: 0, deleting: 10 } });
    streams.delete(streams.create(HERE, { name: 'a' }), undefined);
    streams.reset(HERE);
    streams.create(HERE, { name: 'a' });
    await clock.advance(10);
    expect(streams.resolve(HERE, { StreamName: 'a' }).record.status).toBe('ACTIVE');
  });
});

describe('the creation time', () => {
  const remake = (streams: Streams): number => {
    const { record } = streams.create(HERE, { name: 'a' });
    streams.delete(streams.resolve(HERE, { StreamName: 'a' }), undefined);
    return record.createdAt;
  };

  it('is now, unless the name was used in this millisecond', async () => {
    const { clock, streams } = emulated();
    const start = clock.now();
    expect([remake(streams), remake(streams), remake(streams)]).toEqual([start, start + 1, start + 2]);
    expect(streams.create(HERE, { name: 'b' }).record.createdAt).toBe(start);
    await clock.advance(1);
    expect(remake(streams)).toBe(start + 3);
    await clock.advance(10);
    expect(remake(streams)).toBe(start + 11);
  });

  it('follows a clock that is set back', async () => {
    const { clock, streams } = emulated();
    const start = clock.now();
    remake(streams);
    await clock.set(start - HOUR);
    expect(remake(streams)).toBe(start - HOUR);
  });

  it('of a name used in this millisecond is known after thousands of others', async () => {
    const { clock, streams } = emulated();
    for (let i = 0; i < 5000; i++) {
      streams.delete(streams.create(HERE, { name: `s${i}` }), undefined);
      if (i % 500 === 0) await clock.advance(1);
    }
    const start = clock.now();
    const last = streams.create(HERE, { name: 's4999' });
    expect(last.record.createdAt).toBe(start + 1);
  });
});

it('lists any prefix of ten thousand streams, as the sorted names have them', () => {
  const { streams } = emulated();
  const names = Array.from({ length: 10_000 }, (_, i) => `s${(i * 7919) % 10_000}`);
  for (const name of names) streams.create(HERE, { name });
  const wanted = names.filter((name) => name.startsWith('s99')).sort();
  const listed: string[] = [];
  let token: string | undefined;
  do {
    const page = streams.list(HERE, { prefix: 's99', token, limit: 7 });
    listed.push(...page.streams.map(({ record }) => record.name));
    token = page.nextToken;
  } while (token !== undefined);
  expect(listed).toEqual(wanted);
});
