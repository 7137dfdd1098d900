import { EDGE_CONFIG } from '../operations/control/edge.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely, whichever client gave them.
export type Call = (operation: string, input: object) => Promise<any>;

const ENABLED = 'ENABLED';

/**
 * Calls each of the 32 control operations at least once, in an order in which all succeed and with everything set that
 * can be, on an emulator where nothing is yet. Leaves the streams `b` and the channel `d`.
 */
export async function everyOperation(call: Call): Promise<void> {
  const version = async () => (await call('DescribeStream', { StreamName: 'a' })).StreamInfo.Version;
  const StreamName = 'a';
  const { StreamARN } = await call('CreateStream', {
    StreamName,
    DeviceName: 'dev',
    DataRetentionInHours: 1,
    KmsKeyId: 'alias/mine',
    Tags: { k: 'v' },
    StreamStorageConfiguration: { DefaultStorageTier: 'HOT' },
  });
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
  await configure(call, StreamARN);
  await call('CreateStream', { StreamName: 'b' });
  await call('ListStreams', { MaxResults: 1 });
  await useChannel(call, StreamARN);
  await call('TagStream', { StreamName, Tags: { l: 'w' } });
  await call('ListTagsForStream', { StreamName });
  await call('UntagStream', { StreamName, TagKeyList: ['l'] });
  await call('DeleteStream', { StreamARN, CurrentVersion: await version() });
}

async function configure(call: Call, StreamARN: string): Promise<void> {
  await call('UpdateImageGenerationConfiguration', {
    StreamARN,
    ImageGenerationConfiguration: {
      Status: ENABLED,
      ImageSelectorType: 'SERVER_TIMESTAMP',
      DestinationConfig: { Uri: 's3://bucket', DestinationRegion: 'us-east-1' },
      SamplingInterval: 200,
      Format: 'JPEG',
      FormatConfig: { JPEGQuality: '80' },
      WidthPixels: 320,
      HeightPixels: 180,
    },
  });
  await call('DescribeImageGenerationConfiguration', { StreamARN });
  await call('UpdateNotificationConfiguration', {
    StreamARN,
    NotificationConfiguration: {
      Status: ENABLED,
      DestinationConfig: { Uri: 'arn:aws:sns:us-east-1:111122223333:t' },
    },
  });
  await call('DescribeNotificationConfiguration', { StreamARN });
  await call('StartEdgeConfigurationUpdate', { StreamARN, EdgeConfig: EDGE_CONFIG });
  await call('DescribeEdgeConfiguration', { StreamARN });
  await call('ListEdgeAgentConfigurations', { HubDeviceArn: EDGE_CONFIG.HubDeviceArn });
  await call('DeleteEdgeConfiguration', { StreamARN });
}

async function useChannel(call: Call, StreamARN: string): Promise<void> {
  const { ChannelARN } = await call('CreateSignalingChannel', {
    ChannelName: 'c',
    ChannelType: 'SINGLE_MASTER',
    SingleMasterConfiguration: { MessageTtlSeconds: 30 },
    Tags: [{ Key: 'k', Value: 'v' }],
  });
  const store = (configuration: object) =>
    call('UpdateMediaStorageConfiguration', { ChannelARN, MediaStorageConfiguration: configuration });
  await store({ Status: ENABLED, StreamARN });
  await call('DescribeMediaStorageConfiguration', { ChannelARN });
  await call('DescribeMappedResourceConfiguration', { StreamARN });
  await call('GetSignalingChannelEndpoint', {
    ChannelARN,
    SingleMasterChannelEndpointConfiguration: { Protocols: ['WSS', 'HTTPS', 'WEBRTC'], Role: 'VIEWER' },
  });
  await store({ Status: 'DISABLED' });
  await call('CreateSignalingChannel', { ChannelName: 'd' });
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
}
