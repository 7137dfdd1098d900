import { describe, expect, it, vi } from 'vitest';
import { Channels } from '../../../src/domain/channels/channels.ts';
import { StoreError } from '../../../src/domain/ports.ts';
import { Streams } from '../../../src/domain/streams/streams.ts';
import { ControllableClock } from '../../../src/runtime/clock.ts';
import { createIds } from '../../../src/runtime/ids.ts';
import { silentLog } from '../../../src/runtime/log.ts';
import { createRandom } from '../../../src/runtime/random.ts';
import { Room } from '../../../src/runtime/room.ts';
import { MemoryPayloadStore } from '../../../src/store/memory/payloads.ts';
import { MemoryRecordStore } from '../../../src/store/memory/records.ts';

const HERE = { account: '111122223333', region: 'us-east-1' };
const THERE = { account: '999999999999', region: 'us-east-1' };

function emulated() {
  const clock = new ControllableClock({ startTime: 1_700_000_000_000, frozen: true });
  const transitions = { creating: 10, updating: 10, deleting: 10 };
  const services = { clock, ids: createIds(createRandom(1)), records: new MemoryRecordStore(), transitions };
  return { clock, channels: new Channels({ ...services, streams: { find: () => undefined } }) };
}
const names = (channels: Channels) => [...channels.all()].map(({ record }) => record.name);

describe('reset of channels', () => {
  it('forgets all, or those of one account', () => {
    const { channels } = emulated();
    channels.create(HERE, { name: 'a' });
    channels.create(THERE, { name: 'b' });
    channels.reset({ account: HERE.account });
    expect(names(channels)).toEqual(['b']);
    channels.reset();
    expect(names(channels)).toEqual([]);
  });

  it('calls off what they waited for', async () => {
    const { clock, channels } = emulated();
    channels.create(HERE, { name: 'a' });
    await clock.advance(10);
    channels.delete(channels.resolve(HERE, { ChannelName: 'a' }), undefined);
    channels.reset();
    const again = channels.create(HERE, { name: 'a' });
    await clock.advance(9);
    expect(again.record.status).toBe('CREATING');
    await clock.advance(1);
    expect(again.record.status).toBe('ACTIVE');
    expect(names(channels)).toEqual(['a']);
  });
});

it('a mapping of which a stream cannot be told can be disabled, and made again', () => {
  const clock = new ControllableClock({ startTime: 1_700_000_000_000, frozen: true });
  const [records, room] = [new MemoryRecordStore(), new Room({ capacity: 0 })];
  const services = { clock, ids: createIds(createRandom(1)), records };
  const streams = new Streams({ ...services, room, log: silentLog, payloads: new MemoryPayloadStore(room) });
  const channels = new Channels({ ...services, streams });
  const stream = streams.create(HERE, { name: 'a', dataRetentionInHours: 1 });
  const channel = channels.create(HERE, { name: 'a' });
  const sides = () => [channel.record.storageStreamArn, stream.record.mappedChannelArn];
  const full = vi.spyOn(records.streams, 'put').mockImplementation(() => {
    throw new StoreError('full', 'There is no room for a record.');
  });
  expect(() => channels.enableStorage(channel, stream)).toThrow(StoreError);
  full.mockRestore();
  expect(sides()).toEqual([stream.record.arn, null]);
  channels.disableStorage(channel);
  expect(sides()).toEqual([null, null]);
  channels.enableStorage(channel, stream);
  expect(sides()).toEqual([stream.record.arn, channel.record.arn]);
});
