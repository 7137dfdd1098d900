import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { EDGE_CONFIG } from './edge.ts';
import { controlPlane } from './harness.ts';

interface ModelShape {
  type: string;
  members?: Record<string, ModelShape>;
  member?: ModelShape;
  enum?: string[];
  pattern?: string;
}
const model: Record<string, { output: Record<string, ModelShape> }> = JSON.parse(
  readFileSync(new URL('../../../fixtures/models/control.json', import.meta.url), 'utf8'),
).operations;

/** Sent by AWS, null, though no public model has them. */
const BEYOND = ['IngestionConfiguration', 'FullMeshConfiguration'];

/** Everything in an answer that the model does not have, or has otherwise; and each of its members that is missing. */
function differences(shape: ModelShape, value: unknown, path: string): string[] {
  if (value === null) return [];
  switch (shape.type) {
    case 'structure': {
      const given = value as Record<string, unknown>;
      const members = shape.members ?? {};
      const extra = Object.keys(given).filter((name) => !(name in members) && !BEYOND.includes(name));
      return [
        ...extra.map((name) => `${path}.${name} is not in the model`),
        ...Object.entries(members).flatMap(([name, member]) =>
          name in given ? differences(member, given[name], `${path}.${name}`) : [`${path}.${name} is missing`],
        ),
      ];
    }
    case 'list':
      return (value as unknown[]).flatMap((item, i) => differences(shape.member as ModelShape, item, `${path}[${i}]`));
    case 'map':
      return typeof value === 'object' ? [] : [`${path} is no map`];
    case 'string': {
      const { enum: values, pattern = '.*' } = shape;
      if (typeof value !== 'string') return [`${path} is no string`];
      if (values !== undefined && !values.includes(value)) return [`${path} is ${value}`];
      return new RegExp(`^(?:${pattern})$`, 'u').test(value) ? [] : [`${path} is ${value}`];
    }
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${path} is no boolean`];
    default:
      return typeof value === 'number' ? [] : [`${path} is no number`];
  }
}

const answers = new Map<string, unknown>();

/** One call of each operation in an order in which all succeed, with everything set that can be. */
beforeAll(async () => {
  const plane = controlPlane();
  const call = async (name: string, body: object) => {
    const answer = await plane.call(name, body);
    answers.set(name, answer);
    return answer;
  };
  const version = async () => (await call('DescribeStream', { StreamName: 'a' })).StreamInfo.Version;
  const StreamName = 'a';
  const { StreamARN } = await call('CreateStream', { StreamName, DataRetentionInHours: 1, Tags: { k: 'v' } });
  await call('UpdateStream', { StreamARN, CurrentVersion: await version(), DeviceName: 'd', MediaType: 'video/h264' });
  await call('UpdateDataRetention', {
    StreamARN,
    CurrentVersion: await version(),
    Operation: 'INCREASE_DATA_RETENTION',
    DataRetentionChangeInHours: 1,
  });
  await call('UpdateStreamStorageConfiguration', {
    StreamARN,
    CurrentVersion: await version(),
    StreamStorageConfiguration: { DefaultStorageTier: 'WARM' },
  });
  await call('DescribeStreamStorageConfiguration', { StreamName });
  await call('GetDataEndpoint', { StreamName, APIName: 'PUT_MEDIA' });
  await call('UpdateImageGenerationConfiguration', {
    StreamARN,
    ImageGenerationConfiguration: {
      Status: 'ENABLED',
      ImageSelectorType: 'SERVER_TIMESTAMP',
      DestinationConfig: { Uri: 's3://bucket', DestinationRegion: 'us-east-1' },
      SamplingInterval: 200,
      Format: 'JPEG',
      FormatConfig: { JPEGQuality: '80' },
      WidthPixels: 320,
      HeightPixels: 180,
    },
  });
  await call('DescribeImageGenerationConfiguration', { StreamName });
  await call('UpdateNotificationConfiguration', {
    StreamARN,
    NotificationConfiguration: {
      Status: 'ENABLED',
      DestinationConfig: { Uri: 'arn:aws:sns:us-east-1:111122223333:t' },
    },
  });
  await call('DescribeNotificationConfiguration', { StreamName });
  await call('StartEdgeConfigurationUpdate', { StreamName, EdgeConfig: EDGE_CONFIG });
  await call('DescribeEdgeConfiguration', { StreamName });
  await call('ListEdgeAgentConfigurations', { HubDeviceArn: EDGE_CONFIG.HubDeviceArn });
  await call('DeleteEdgeConfiguration', { StreamName });
  await plane.stream('b');
  await call('ListStreams', { MaxResults: 1 });

  const { ChannelARN } = await call('CreateSignalingChannel', { ChannelName: 'c' });
  await call('UpdateMediaStorageConfiguration', {
    ChannelARN,
    MediaStorageConfiguration: { Status: 'ENABLED', StreamARN },
  });
  await call('DescribeMediaStorageConfiguration', { ChannelARN });
  await call('DescribeMappedResourceConfiguration', { StreamName });
  await call('GetSignalingChannelEndpoint', {
    ChannelARN,
    SingleMasterChannelEndpointConfiguration: { Protocols: ['WSS', 'HTTPS', 'WEBRTC'], Role: 'VIEWER' },
  });
  await plane.call('UpdateMediaStorageConfiguration', {
    ChannelARN,
    MediaStorageConfiguration: { Status: 'DISABLED' },
  });
  await plane.channel('d');
  await call('ListSignalingChannels', { MaxResults: 1 });
  const { ChannelInfo } = await call('DescribeSignalingChannel', { ChannelARN });
  await call('UpdateSignalingChannel', {
    ChannelARN,
    CurrentVersion: ChannelInfo.Version,
    SingleMasterConfiguration: { MessageTtlSeconds: 5 },
  });
  await call('TagResource', { ResourceARN: ChannelARN, Tags: [{ Key: 'k', Value: 'v' }] });
  await call('ListTagsForResource', { ResourceARN: ChannelARN });
  await call('UntagResource', { ResourceARN: ChannelARN, TagKeyList: ['k'] });
  await call('DeleteSignalingChannel', { ChannelARN });

  await call('TagStream', { StreamName, Tags: { l: 'w' } });
  await call('ListTagsForStream', { StreamName });
  await call('UntagStream', { StreamName, TagKeyList: ['l'] });
  await call('DeleteStream', { StreamARN });
});

describe('the answer of an operation', () => {
  it.each(Object.keys(model))('of %s has the members of the model, each of its type', (name) => {
    expect(answers.has(name)).toBe(true);
    const members = model[name]?.output ?? {};
    expect(differences({ type: 'structure', members }, answers.get(name), name)).toEqual([]);
  });

  it('has a token wherever there is more', () => {
    expect(answers.get('ListStreams')).toMatchObject({ NextToken: expect.stringMatching(/^[\w+/]+=*$/) });
    expect(answers.get('ListSignalingChannels')).toMatchObject({ NextToken: expect.stringMatching(/^[\w+/]+=*$/) });
  });
});
