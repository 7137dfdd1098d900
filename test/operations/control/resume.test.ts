// A world made from what another one kept: whoever asks finds no difference.
import { describe, expect, it } from 'vitest';
import type { RecordStore } from '../../../src/domain/ports.ts';
import { MemoryRecordStore } from '../../../src/store/memory/records.ts';
import { ACCOUNT, type ControlPlane, carried, controlPlane, REGION, START, TABLES } from './harness.ts';

const SECOND = 1000;
const HUB = 'arn:aws:iot:us-east-1:111122223333:thing/hub';
const HERE = { account: ACCOUNT, region: REGION };
const ELSEWHERE = { account: '999999999999', region: 'eu-west-1' };
const options = {
  transitions: { creating: 10 * SECOND, updating: 20 * SECOND, deleting: 30 * SECOND },
  edgeAgent: { acknowledgesAfter: 15 * SECOND, syncsAfter: 21 * SECOND },
};

const edgeConfig = {
  HubDeviceArn: HUB,
  RecorderConfig: {
    MediaSourceConfig: {
      MediaUriSecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:uri',
      MediaUriType: 'RTSP_URI',
    },
    ScheduleConfig: { ScheduleExpression: '0 0 9-17 ? * 1-5', DurationInSeconds: 60 },
  },
  DeletionConfig: { LocalSizeConfig: { MaxLocalMediaSizeInMB: 64 } },
};
const imageGeneration = {
  Status: 'ENABLED',
  ImageSelectorType: 'PRODUCER_TIMESTAMP',
  DestinationConfig: { Uri: 's3://bucket/prefix', DestinationRegion: 'us-east-1' },
  SamplingInterval: 3000,
  Format: 'JPEG',
  FormatConfig: { JPEGQuality: '80' },
  WidthPixels: 320,
};
const notification = { Status: 'DISABLED', DestinationConfig: { Uri: 'arn:aws:sns:us-east-1:111122223333:topic' } };

/** Streams and channels in every state and with everything that can be set, and names that are no more. */
async function inhabited(records: RecordStore): Promise<ControlPlane> {
  const world = controlPlane({ ...options, records });
  const { call, clock } = world;
  const version = async (StreamName: string) => (await call('DescribeStream', { StreamName })).StreamInfo.Version;
  await call('CreateStream', { StreamName: 'plain' }, ELSEWHERE);
  for (const name of ['full', 'edge', 'updating', 'deleting', 'gone', 'leaving']) {
    await call('CreateStream', { StreamName: name, DataRetentionInHours: 24, Tags: { b: '1', 10: 'x', 9: 'y' } });
    await call('CreateSignalingChannel', { ChannelName: name, Tags: [{ Key: '7', Value: 'z' }] });
  }
  await clock.advance(10 * SECOND);
  for (const StreamName of ['gone', 'leaving']) await call('DeleteStream', await arnOf(world, StreamName));
  await clock.advance(30 * SECOND);

  const full = { StreamName: 'full' };
  const set = async (name: string, body: object): Promise<void> => {
    await call(name, { ...full, ...body });
    await clock.advance(20 * SECOND);
  };
  await set('UpdateStream', { CurrentVersion: await version('full'), DeviceName: 'door', MediaType: 'video/h264' });
  await set('UpdateStreamStorageConfiguration', {
    CurrentVersion: await version('full'),
    StreamStorageConfiguration: { DefaultStorageTier: 'WARM' },
  });
  await set('UpdateImageGenerationConfiguration', { ImageGenerationConfiguration: imageGeneration });
  await set('UpdateNotificationConfiguration', { NotificationConfiguration: notification });
  await call('TagStream', { ...full, Tags: { a: '2' } });
  await call('UntagStream', { ...full, TagKeyList: ['9'] });
  const { ChannelARN } = (await call('DescribeSignalingChannel', { ChannelName: 'full' })).ChannelInfo;
  await call('UpdateMediaStorageConfiguration', {
    ChannelARN,
    MediaStorageConfiguration: { Status: 'ENABLED', ...(await arnOf(world, 'full')) },
  });
  await call('StartEdgeConfigurationUpdate', { ...full, EdgeConfig: edgeConfig });
  await clock.advance(36 * SECOND);
  for (const StreamName of ['edge', 'deleting']) {
    await call('StartEdgeConfigurationUpdate', { StreamName, EdgeConfig: edgeConfig });
  }
  await clock.advance(5 * SECOND);
  await call('DeleteStream', await arnOf(world, 'deleting'));
  await call('DeleteSignalingChannel', {
    ChannelARN: (await call('DescribeSignalingChannel', { ChannelName: 'deleting' })).ChannelInfo.ChannelARN,
  });
  await clock.advance(5 * SECOND);
  await call('UpdateDataRetention', {
    StreamName: 'updating',
    CurrentVersion: await version('updating'),
    Operation: 'INCREASE_DATA_RETENTION',
    DataRetentionChangeInHours: 1,
  });
  const channel = (await call('DescribeSignalingChannel', { ChannelName: 'updating' })).ChannelInfo;
  await call('UpdateSignalingChannel', {
    ChannelARN: channel.ChannelARN,
    CurrentVersion: channel.Version,
    SingleMasterConfiguration: { MessageTtlSeconds: 30 },
  });
  await call('DeleteEdgeConfiguration', full);
  await clock.advance(1);
  await call('CreateStream', { StreamName: 'creating' });
  await call('CreateSignalingChannel', { ChannelName: 'creating' });
  return world;
}

const arnOf = async ({ call }: ControlPlane, StreamName: string): Promise<{ StreamARN: string }> => ({
  StreamARN: (await call('DescribeStream', { StreamName })).StreamInfo.StreamARN,
});

const NAMES = ['full', 'edge', 'updating', 'deleting', 'gone', 'leaving', 'creating', 'plain'];
const OF_STREAM = [
  'DescribeStream',
  'DescribeEdgeConfiguration',
  'DescribeImageGenerationConfiguration',
  'DescribeMappedResourceConfiguration',
  'DescribeNotificationConfiguration',
  'DescribeStreamStorageConfiguration',
  'ListTagsForStream',
];
const OF_CHANNEL = ['DescribeSignalingChannel', 'DescribeMediaStorageConfiguration'];

/** All that can be asked, and the answers or refusals as text. */
async function everything({ send, channels }: ControlPlane): Promise<string[]> {
  const answers: string[] = [];
  const ask = async (name: string, body: object, who?: typeof ELSEWHERE): Promise<void> => {
    answers.push(`${name} ${JSON.stringify(body)}: ${await send(name, body, who).catch(String)}`);
  };
  for (const name of NAMES) {
    for (const operation of OF_STREAM) await ask(operation, { StreamName: name });
    for (const operation of OF_CHANNEL) await ask(operation, { ChannelName: name });
  }
  for (const { record } of channels.all()) await ask('ListTagsForResource', { ResourceARN: record.arn });
  await ask('DescribeStream', { StreamName: 'plain' }, ELSEWHERE);
  await ask('ListStreams', { MaxResults: 2 });
  await ask('ListStreams', {});
  await ask('ListStreams', {}, ELSEWHERE);
  await ask('ListSignalingChannels', {});
  await ask('ListEdgeAgentConfigurations', { HubDeviceArn: HUB });
  return answers;
}

const statuses = (answers: readonly string[]): Set<string> =>
  new Set(answers.flatMap((answer) => /"(?:Status|ChannelStatus|SyncStatus)":"([A-Z_]+)"/.exec(answer)?.[1] ?? []));

describe('a world made from the records of another', () => {
  it('answers everything as that one does, from the moment they were taken until all has settled', async () => {
    const records = new MemoryRecordStore();
    const world = await inhabited(records);
    const other = controlPlane({ ...options, startTime: world.clock.now(), records: carried(records) });
    const asked = await everything(world);
    expect([...statuses(asked)]).toEqual(
      expect.arrayContaining(['CREATING', 'ACTIVE', 'UPDATING', 'DELETING', 'SYNCING', 'ENABLED', 'DISABLED']),
    );
    expect(await everything(other)).toEqual(asked);
    for (let seconds = 0; seconds < 60; seconds++) {
      await Promise.all([world.clock.advance(SECOND), other.clock.advance(SECOND)]);
      expect(await everything(other)).toEqual(await everything(world));
    }
    expect(statuses(await everything(other))).not.toContain('UPDATING');
  });

  it.each([1, 9.999, 10, 15, 24, 30, 3600])('has come %s s further if so much later', async (seconds) => {
    const records = new MemoryRecordStore();
    const world = await inhabited(records);
    const taken = carried(records);
    await world.clock.advance(seconds * SECOND);
    const other = controlPlane({ ...options, startTime: world.clock.now(), records: taken });
    expect(await everything(other)).toEqual(await everything(world));
    await Promise.all([world.clock.advance(7 * SECOND), other.clock.advance(7 * SECOND)]);
    expect(await everything(other)).toEqual(await everything(world));
  });

  it('goes on with it: the same calls have the same answers, and what they leave is the same', async () => {
    const records = new MemoryRecordStore();
    const world = await inhabited(records);
    const [there, late] = [carried(records), world.clock.now()];
    const other = controlPlane({ ...options, startTime: late, records: there });
    for (const { clock, call } of [world, other]) {
      await clock.advance(60 * SECOND);
      const version = async () => (await call('DescribeStream', { StreamName: 'full' })).StreamInfo.Version;
      const first = await version();
      await call('UpdateStream', { StreamName: 'full', CurrentVersion: first, MediaType: 'video/h265' });
      expect(await version()).not.toBe(first);
      const { ChannelARN } = (await call('DescribeSignalingChannel', { ChannelName: 'full' })).ChannelInfo;
      await call('UpdateMediaStorageConfiguration', { ChannelARN, MediaStorageConfiguration: { Status: 'DISABLED' } });
      await clock.advance(20 * SECOND);
      await call('DeleteStream', { StreamName: 'full', ...(await arnOf(world, 'full')) });
      await call('CreateSignalingChannel', { ChannelName: 'deleting' });
    }
    expect(await everything(other)).toEqual(await everything(world));
    for (const table of TABLES) expect(sorted(there, table)).toEqual(sorted(records, table));
  });

  const identities = async (world: ControlPlane): Promise<string[]> => {
    const { StreamARN, Version } = await world.stream('a');
    const channel = await world.channel('a');
    return [StreamARN, Version, channel.ChannelARN, channel.Version];
  };

  it('gives no ARN and no version a second time, even in the same millisecond', async () => {
    const given: string[] = [];
    let records = new MemoryRecordStore();
    for (let life = 0; life < 3; life++) {
      const world = controlPlane({ records });
      for (let time = 0; time < 3; time++) {
        const [StreamARN, version, ChannelARN, channelVersion] = await identities(world);
        given.push(StreamARN!, version!, ChannelARN!, channelVersion!);
        await world.call('DeleteStream', { StreamARN });
        await world.call('DeleteSignalingChannel', { ChannelARN });
      }
      records = carried(records);
      expect(controlPlane({ records }).streams.traces(HERE, 'a').deleted).toBe(true);
    }
    expect(new Set(given).size).toBe(3 * 3 * 4);
  });

  const reset = ({ streams, channels }: ControlPlane, where?: typeof HERE) => [
    streams.reset(where),
    channels.reset(where),
  ];

  it.each([
    ['before', true, false],
    ['after', false, true],
    ['both before and after', true, true],
  ])('gives no version a second time where a part was reset %s', async (_, before, after) => {
    const records = new MemoryRecordStore();
    const world = controlPlane({ records });
    const given = await identities(world);
    if (before) reset(world, HERE);
    if (before && after) given.push(...(await identities(world)));
    const other = controlPlane({ records: carried(records) });
    if (after) reset(other, HERE);
    given.push(...(await identities(other)));
    const versions = given.filter((one) => !one.startsWith('arn:'));
    expect(new Set(versions).size).toBe(versions.length);
  });

  it('knows nothing of what was reset', async () => {
    const records = new MemoryRecordStore();
    const world = await inhabited(records);
    const other = controlPlane({ ...options, records: carried(records) });
    for (const where of [ELSEWHERE, HERE]) reset(world, where);
    expect(TABLES.map((table) => [...records[table].entries()].length)).toEqual([0, 0, 0, 3, 0]);
    const empty = await everything(controlPlane());
    expect(await everything(controlPlane({ ...options, records: carried(records) }))).toEqual(empty);
    for (const one of [world, other]) {
      reset(one);
      expect(await everything(one)).toEqual(empty);
    }
    expect(TABLES.flatMap((table) => [...records[table].entries()])).toEqual([]);
  });

  it('ends nothing before its time where other things of the same stream are late', async () => {
    const slow = { ...options, transitions: { creating: 0, updating: 3600 * SECOND, deleting: 0 } };
    const records = new MemoryRecordStore();
    const world = controlPlane({ ...slow, records });
    const { Version: CurrentVersion } = await world.stream('a', { DataRetentionInHours: 1 });
    await world.call('StartEdgeConfigurationUpdate', { StreamName: 'a', EdgeConfig: edgeConfig });
    await world.call('UpdateStream', { StreamName: 'a', CurrentVersion, MediaType: 'video/h264' });
    const other = controlPlane({ ...slow, records: carried(records), startTime: START + 60 * SECOND });
    const { record } = other.streams.resolve(HERE, { StreamName: 'a' });
    expect([record.status, record.edge?.syncStatus]).toEqual(['UPDATING', 'IN_SYNC']);
    await other.clock.advance(3539 * SECOND);
    expect(other.streams.resolve(HERE, { StreamName: 'a' }).record.status).toBe('UPDATING');
    await other.clock.advance(SECOND);
    expect(other.streams.resolve(HERE, { StreamName: 'a' }).record.status).toBe('ACTIVE');
  });

  it('ends what should have ended in order of time', async () => {
    const records = new MemoryRecordStore();
    await inhabited(records);
    const taken = carried(records);
    const ends: string[] = [];
    const put = taken.streams.put.bind(taken.streams);
    taken.streams.put = (key, record) => {
      ends.push(`${record.name} ${record.status} ${record.edge?.syncStatus}`);
      put(key, record);
    };
    const remove = taken.streams.remove.bind(taken.streams);
    taken.streams.remove = (key) => {
      ends.push(`${key} gone`);
      remove(key);
    };
    controlPlane({ ...options, startTime: START + 24 * 3600 * SECOND, records: taken });
    expect(ends).toEqual([
      'edge ACTIVE ACKNOWLEDGED',
      'creating ACTIVE undefined',
      'full ACTIVE DELETING_ACKNOWLEDGED',
      'updating ACTIVE undefined',
      '111122223333/us-east-1/deleting gone',
      'edge ACTIVE IN_SYNC',
      'full ACTIVE undefined',
    ]);
  });
});

const sorted = (store: RecordStore, table: (typeof TABLES)[number]): (readonly [string, unknown])[] =>
  [...store[table].entries()].sort(([a], [b]) => (a < b ? -1 : 1));

it('what is kept is what JSON makes of it', async () => {
  const records = new MemoryRecordStore();
  await inhabited(records);
  for (const table of TABLES) {
    const entries = [...records[table].entries()];
    expect(JSON.parse(JSON.stringify(entries))).toStrictEqual(entries);
  }
  expect([...records.names.entries()].map(([key]) => key).sort()).toEqual([
    'stream/111122223333/us-east-1/gone',
    'stream/111122223333/us-east-1/leaving',
  ]);
});
