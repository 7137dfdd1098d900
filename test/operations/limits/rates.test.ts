import { describe, expect, it } from 'vitest';
import { limitTable } from '../../../src/domain/limits/limitTable.ts';
import { rateTable } from '../../../src/domain/limits/rateTable.ts';
import { listFragments } from '../../../src/operations/archived/listFragments.ts';
import { describeStream } from '../../../src/operations/control/describeStream.ts';
import { listStreams } from '../../../src/operations/control/listStreams.ts';
import { tagStream } from '../../../src/operations/control/tagStream.ts';
import type { Operation } from '../../../src/operations/operation.ts';
import { playbackRegistry, registry } from '../../../src/operations/registry.ts';
import { type Service, START, startService } from '../../support/service.ts';

const CAMERA = { StreamName: 'camera' };

/** What became of so many calls, one after the other. */
async function times(service: Service, count: number, operation: Operation, input: object): Promise<string[]> {
  const outcomes: string[] = [];
  for (let i = 0; i < count; i++) {
    outcomes.push(
      await service.call(operation, input).then(
        () => 'passes',
        (error: Error) => error.name,
      ),
    );
  }
  return outcomes;
}

const passes = (count: number): string[] => Array.from({ length: count }, () => 'passes');
const LIMITED = 'ClientLimitExceededException';

describe('the profile aws', () => {
  it('lets five DescribeStream of a stream through in a second, not the sixth, and one more 200 ms later', async () => {
    const service = startService({ limits: { profile: 'aws' } });
    expect(await times(service, 6, describeStream, CAMERA)).toEqual([...passes(5), LIMITED]);
    await service.clock.advance(199);
    expect(await times(service, 1, describeStream, CAMERA)).toEqual([LIMITED]);
    await service.clock.advance(1);
    expect(await times(service, 2, describeStream, CAMERA)).toEqual(['passes', LIMITED]);
  });

  it('refuses as AWS does, with its text, and says in the journal which limit it was', async () => {
    const service = startService({ limits: { profile: 'aws' } });
    await times(service, 5, describeStream, CAMERA);
    await expect(service.call(describeStream, CAMERA)).rejects.toMatchObject({
      code: LIMITED,
      status: 400,
      message: "Limit exceeded on number of requests for DescribeStream API for resource 'camera'",
    });
    const passesAt = new Date(START + 200).toISOString();
    const throttled = { limit: 'DescribeStream.rate', cost: 1, level: 0, passesAt };
    expect(service.face.requests.list().map((entry) => entry.throttled)).toEqual([...Array(5).fill(null), throttled]);
  });

  it('tells of it as an event', async () => {
    const service = startService({ limits: { profile: 'aws', overrides: { DescribeStream: 0 } } });
    const heard: unknown[] = [];
    service.events.listen(({ type, whose, data }) => heard.push([type, whose, data]));
    await times(service, 1, describeStream, CAMERA);
    const whose = { account: '000000000000', region: 'us-east-1', stream: 'camera' };
    const data = {
      limit: 'DescribeStream.rate',
      cost: 1,
      level: 0,
      passesAt: undefined,
      requestId: expect.any(String),
    };
    expect(heard).toEqual([['throttled', whose, data]]);
  });

  it('counts each stream, each account and each operation by itself', async () => {
    const service = startService({ limits: { profile: 'aws' } });
    service.streams.create({ account: '000000000000', region: 'us-east-1' }, { name: 'other' });
    expect(await times(service, 5, describeStream, CAMERA)).toEqual(passes(5));
    expect(await times(service, 5, describeStream, { StreamName: 'other' })).toEqual(passes(5));
    expect(await times(service, 5, tagStream, { ...CAMERA, Tags: { a: 'b' } })).toEqual(passes(5));
    expect(await times(service, 1, describeStream, CAMERA)).toEqual([LIMITED]);
  });

  it('lets fifty ListStreams of an account through, with the sentence of the model for the others', async () => {
    const service = startService({ limits: { profile: 'aws' } });
    expect(await times(service, 51, listStreams, {})).toEqual([...passes(50), LIMITED]);
    await expect(service.call(listStreams, {})).rejects.toThrow(
      'Kinesis Video Streams has throttled the request because you have exceeded the limit of allowed client calls. Try making the call later.',
    );
    await service.clock.advance(20);
    expect(await times(service, 2, listStreams, {})).toEqual(['passes', LIMITED]);
  });

  it('asks the account first, and takes nothing for a call that the stream refuses', async () => {
    const limits = { profile: 'aws', overrides: { 'DescribeStream.accountRate': 6 } } as const;
    const service = startService({ limits });
    service.streams.create({ account: '000000000000', region: 'us-east-1' }, { name: 'other' });
    expect(await times(service, 50, describeStream, CAMERA)).toEqual([...passes(5), ...Array(45).fill(LIMITED)]);
    // One of six is left, although the stream has refused so many.
    expect(await times(service, 2, describeStream, { StreamName: 'other' })).toEqual(['passes', LIMITED]);
    const refused = service.face.requests.list().at(-1)?.throttled;
    expect(refused?.limit).toBe('DescribeStream.accountRate');
    const gauges = service.face.limits
      .get()
      .gauges.map(({ name, stream, level, admitted, refused: no }) => [...[name, stream, level, admitted, no]]);
    expect(gauges).toEqual([
      ['DescribeStream.accountRate', null, 0, 6, 1],
      ['DescribeStream.rate', 'camera', 0, 5, 45],
      ['DescribeStream.rate', 'other', 4, 1, 0],
    ]);
  });

  it('asks the account before it looks at the input, and the stream after', async () => {
    const service = startService({ limits: { overrides: { 'DescribeStream.accountRate': 1, 'TagStream.rate': 0 } } });
    expect(await times(service, 2, describeStream, { StreamName: '' })).toEqual(['ValidationException', LIMITED]);
    expect(await times(service, 1, tagStream, { StreamName: 'none', Tags: { a: 'b' } })).toEqual([
      'ResourceNotFoundException',
    ]);
  });
});

describe('without a profile', () => {
  it('nothing is counted', async () => {
    const service = startService();
    expect(await times(service, 400, describeStream, CAMERA)).toEqual(passes(400));
    expect(service.face.limits.get()).toMatchObject({ profile: 'off', overrides: {}, streams: {}, gauges: [] });
  });

  it('a single number may be set, and taken back in mid-flight', async () => {
    const service = startService({ limits: { overrides: { DescribeStream: 2 } } });
    expect(await times(service, 3, describeStream, CAMERA)).toEqual(['passes', 'passes', LIMITED]);
    service.face.limits.set({});
    expect(await times(service, 9, describeStream, CAMERA)).toEqual(passes(9));
  });
});

describe('a number', () => {
  it('of a stream goes before that of its account, that before that of all', async () => {
    const service = startService({ limits: { profile: 'aws', overrides: { DescribeStream: 3 } } });
    const where = { account: '000000000000' };
    const count = async () => {
      await service.clock.advance(10_000);
      const outcomes = await times(service, 9, describeStream, CAMERA);
      return outcomes.filter((outcome) => outcome === 'passes').length;
    };
    expect(await count()).toBe(3);
    service.face.limits.change({ overrides: { DescribeStream: 2 } }, where);
    expect(await count()).toBe(2);
    service.face.limits.setStream('camera', { overrides: { 'DescribeStream.rate': 1 } });
    expect(await count()).toBe(1);
    expect(service.face.limits.get(where).overrides).toEqual({ 'DescribeStream.rate': 2 });
    expect(service.face.limits.stream('camera').effective['DescribeStream.rate']).toBe(1);
    service.face.limits.forgetStream('camera');
    expect(await count()).toBe(2);
    service.face.limits.set({}, where);
    expect(await count()).toBe(3);
  });

  it('that is null is no limit', async () => {
    const service = startService({ limits: { profile: 'aws', overrides: { DescribeStream: null } } });
    expect(await times(service, 60, describeStream, CAMERA)).toEqual(passes(60));
  });
});

it('a stream that is made anew has full buckets: those of the one before have gone with it', async () => {
  const service = startService({ limits: { profile: 'aws' } });
  expect(await times(service, 6, describeStream, CAMERA)).toEqual([...passes(5), LIMITED]);
  const { stream, streams } = service;
  streams.delete(stream, undefined);
  expect(service.face.limits.get().gauges.filter((gauge) => gauge.stream !== null)).toEqual([]);
  streams.create({ account: '000000000000', region: 'us-east-1' }, { name: 'camera' });
  expect(await times(service, 6, describeStream, CAMERA)).toEqual([...passes(5), LIMITED]);
});

it('much may be said of many streams at once, and taken back', () => {
  const service = startService();
  const names = Array.from({ length: 2000 }, (_, i) => `s${i}`);
  const streams = Object.fromEntries(names.map((name) => [name, { overrides: { GetMedia: 1 } }]));
  expect(Object.keys(service.face.limits.set({ streams }).streams)).toHaveLength(2000);
  expect(service.face.limits.set({ streams: {} })).toMatchObject({ streams: {} });
});

describe('a reset', () => {
  it('leads back to full buckets and to what it started with', async () => {
    const service = startService({ limits: { profile: 'aws' } });
    await times(service, 50, listStreams, {});
    await service.face.reset();
    expect(service.face.limits.get()).toMatchObject({ profile: 'off', gauges: [] });
  });

  it('of another account leaves an account as it is', async () => {
    const service = startService({ limits: { profile: 'aws' } });
    await times(service, 50, listStreams, {});
    await service.face.reset({ account: '111111111111' });
    expect(await times(service, 1, listStreams, {})).toEqual([LIMITED]);
    await service.face.reset({ account: '000000000000' });
    expect(await times(service, 1, listStreams, {})).toEqual(['passes']);
  });
});

it('every operation of the service is counted, and nothing that is none', () => {
  const names = [...new Set(registry.map(({ name, countsAs }) => countsAs ?? name))].sort();
  expect(Object.keys(rateTable).sort()).toEqual(names);
  expect(playbackRegistry.filter(({ name }) => Object.hasOwn(rateTable, name))).toEqual([]);
});

it.each([
  ['CreateStream', 50, undefined],
  ['DescribeStream', 300, 5],
  ['GetDataEndpoint', 300, 5],
  ['ListStreams', 50, undefined],
  ['ListEdgeAgentConfigurations', 50, undefined],
  ['DeleteStream', 50, 5],
  ['UpdateDataRetention', 50, 5],
  ['StartEdgeConfigurationUpdate', 10, 1],
  ['DeleteEdgeConfiguration', 10, 1],
  ['DescribeEdgeConfiguration', 50, 5],
  ['PutMedia', undefined, 5],
  ['GetMedia', undefined, 5],
  ['GetHLSStreamingSessionURL', undefined, 25],
  ['GetDASHStreamingSessionURL', undefined, 25],
  ['ListFragments', undefined, undefined],
  ['CreateSignalingChannel', 50, undefined],
  ['DescribeSignalingChannel', 300, 5],
  ['GetSignalingChannelEndpoint', 300, undefined],
  ['UpdateMediaStorageConfiguration', 10, 5],
  ['ConnectAsMaster', undefined, 3],
  ['ConnectAsViewer', undefined, 3],
  ['GetIceServerConfig', 100, 5],
  ['SendAlexaOfferToMaster', 100, 5],
  ['JoinStorageSession', 50, 2],
] as const)('%s has the published rates: %s of an account, %s of one', (name, account, each) => {
  expect([limitTable[`${name}.accountRate`].aws, limitTable[`${name}.rate`].aws]).toEqual([account, each]);
});

it.each([
  ['account.streams', 10_000],
  ['account.channels', 10_000],
  ['PutMedia.connections', 1],
  ['PutMedia.bytesPerSecond', 12_500_000],
  ['PutMedia.fragmentsPerSecond', 5],
  ['GetMedia.connections', 3],
  ['GetMedia.bytesPerSecond', 25_000_000],
  ['GetMedia.fragmentsPerSecond', 5],
  ['GetMediaForFragmentList.connections', 5],
  ['GetMediaForFragmentList.bytesPerSecond', 25_000_000],
  ['points.metadata', 10_000],
  ['points.media', 500],
  ['session.playlistRate', 5],
  ['session.segmentRate', 20],
  ['signaling.payload', 10_000],
  ['SDP_OFFER.rate', 5],
  ['SDP_ANSWER.rate', 5],
  ['ICE_CANDIDATE.rate', 20],
] as const)('%s is %s in the profile aws and no limit without one', (name, aws) => {
  const service = startService({ limits: { profile: 'aws' } });
  expect(service.face.limits.get().effective[name]).toBe(aws);
  service.face.limits.set({});
  expect(service.face.limits.get().effective[name]).toBeNull();
});

it('many accounts that come once leave nothing behind', async () => {
  const service = startService({ limits: { profile: 'aws' } });
  for (let account = 0; account < 1500; account++) {
    const id = String(account).padStart(12, '0');
    await service.callAs({ account: id }, listStreams, {});
    if (account % 100 === 0) await service.clock.advance(1000);
  }
  expect(new Set(service.face.limits.get().gauges.map(({ account }) => account)).size).toBeLessThan(700);
});

it('ListFragments has no rate, but points', async () => {
  const service = startService({ limits: { profile: 'aws' } });
  const range = { StartTimestamp: 0, EndTimestamp: START / 1000 };
  const FragmentSelector = { FragmentSelectorType: 'PRODUCER_TIMESTAMP', TimestampRange: range };
  expect(await times(service, 30, listFragments, { ...CAMERA, FragmentSelector })).toEqual(passes(30));
});
