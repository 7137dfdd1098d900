// The control plane as it is meant to be used, and each operation's own refusals.
import { DEVICE, EDGE, IMAGES, NOTIFICATION } from './inputs.mjs';

const OTHER = { signed: { account: '111122223333', region: 'eu-west-1' } };

export async function streams(play) {
  const full = {
    StreamName: 'a',
    DeviceName: 'dev',
    MediaType: 'video/h264,audio/aac',
    DataRetentionInHours: 1,
    KmsKeyId: 'alias/mine',
    Tags: { k: 'v', owner: 'me' },
    StreamStorageConfiguration: { DefaultStorageTier: 'HOT' },
  };
  const { StreamARN } = await play.ask('CreateStream', full);
  await play.ask('CreateStream', full, { why: 'again' });
  await play.ask('CreateStream', { ...full, StreamName: 'tagged', Tags: { 'aws:k': 'v' } });
  await play.ask('CreateStream', {
    StreamName: 'tagged',
    Tags: Object.fromEntries([...Array(51).keys()].map((n) => [`k${n}`, ''])),
  });
  await play.ask('CreateStream', { StreamName: 'kept', DataRetentionInHours: 87_601 });
  await play.ask('CreateStream', { StreamName: 'warm', StreamStorageConfiguration: { DefaultStorageTier: 'WARM' } });
  await play.ask('CreateStream', { StreamName: 'cold', StreamStorageConfiguration: { DefaultStorageTier: 'COLD' } });
  await play.ask('CreateStream', { StreamName: 'a' }, OTHER);
  await play.ask('DescribeStream', { StreamName: 'a' });
  await play.ask('DescribeStream', { StreamARN });
  await play.ask('DescribeStream', { StreamName: 'a', StreamARN }, { why: 'both' });
  await play.ask('DescribeStream', {}, { why: 'neither' });
  await play.ask('DescribeStream', { StreamARN }, { ...OTHER, why: 'of another account' });
  await play.ask(
    'DescribeStream',
    { StreamARN: StreamARN.replace('us-east-1', 'eu-west-1') },
    { why: 'of another region' },
  );
  await play.ask('DescribeStream', { StreamARN: StreamARN.replace(/\d+$/, '1') }, { why: 'of an earlier one' });
  const version = async () => (await play.ask('DescribeStream', { StreamARN })).StreamInfo?.Version;
  const first = await version();
  await play.ask('UpdateStream', { StreamARN, CurrentVersion: first, DeviceName: 'd', MediaType: 'video/h265' });
  await play.ask('UpdateStream', { StreamARN, CurrentVersion: first, DeviceName: 'd' }, { why: 'old version' });
  await play.ask('UpdateStream', { StreamName: 'a', CurrentVersion: await version() }, { why: 'nothing to update' });
  for (const [Operation, DataRetentionChangeInHours] of [
    ['INCREASE_DATA_RETENTION', 5],
    ['DECREASE_DATA_RETENTION', 2],
    ['DECREASE_DATA_RETENTION', 100],
    ['INCREASE_DATA_RETENTION', 100_000],
    ['DOUBLE_DATA_RETENTION', 0],
  ]) {
    const change = { Operation, DataRetentionChangeInHours };
    await play.ask('UpdateDataRetention', { StreamName: 'a', CurrentVersion: await version(), ...change });
  }
  await play.ask('UpdateDataRetention', {
    ...{ StreamARN, CurrentVersion: first },
    ...{ Operation: 'INCREASE_DATA_RETENTION', DataRetentionChangeInHours: 1 },
  });
  const warm = { StreamStorageConfiguration: { DefaultStorageTier: 'WARM' } };
  await play.ask('UpdateStreamStorageConfiguration', { StreamARN, CurrentVersion: await version(), ...warm });
  await play.ask('UpdateStreamStorageConfiguration', { StreamARN, CurrentVersion: first, ...warm });
  await play.ask('DescribeStreamStorageConfiguration', { StreamName: 'a' });
  for (const APIName of [
    'PUT_MEDIA',
    'GET_MEDIA',
    'LIST_FRAGMENTS',
    'GET_CLIP',
    'GET_IMAGES',
    'JOIN_STORAGE_SESSION',
  ]) {
    await play.ask('GetDataEndpoint', { StreamARN, APIName });
  }
  await play.ask('DeleteStream', { StreamARN, CurrentVersion: first }, { why: 'old version' });
  await play.ask('DeleteStream', { StreamARN, CurrentVersion: await version() });
  await play.ask('DescribeStream', { StreamName: 'a' }, { why: 'deleted' });
  await play.ask('CreateStream', { StreamName: 'a' }, { why: 'anew' });
  await play.ask('DescribeStream', { StreamARN }, { why: 'of the one before' });
}

export async function configurations(play) {
  const { StreamARN } = await play.ask('CreateStream', { StreamName: 'a', DataRetentionInHours: 1 });
  await play.ask('CreateStream', { StreamName: 'unkept' });
  const StreamName = 'a';
  await play.ask('DescribeImageGenerationConfiguration', { StreamName });
  await play.ask('UpdateImageGenerationConfiguration', { StreamARN, ImageGenerationConfiguration: IMAGES });
  await play.ask('UpdateImageGenerationConfiguration', { StreamName: 'unkept', ImageGenerationConfiguration: IMAGES });
  for (const wrong of [
    { SamplingInterval: 1 },
    { FormatConfig: { Other: '1' } },
    { WidthPixels: 9999, HeightPixels: 0 },
  ]) {
    await play.ask('UpdateImageGenerationConfiguration', {
      StreamARN,
      ImageGenerationConfiguration: { ...IMAGES, ...wrong },
    });
  }
  await play.ask('DescribeImageGenerationConfiguration', { StreamARN });
  await play.ask('UpdateImageGenerationConfiguration', { StreamARN }, { why: 'none' });
  await play.ask('DescribeNotificationConfiguration', { StreamName });
  await play.ask('UpdateNotificationConfiguration', { StreamARN, NotificationConfiguration: NOTIFICATION });
  await play.ask('UpdateNotificationConfiguration', {
    StreamARN,
    NotificationConfiguration: { Status: 'ON', DestinationConfig: { Uri: '' } },
  });
  await play.ask('DescribeNotificationConfiguration', { StreamARN });
  await play.ask('UpdateNotificationConfiguration', { StreamName }, { why: 'none' });
  await play.ask('DescribeEdgeConfiguration', { StreamName }, { why: 'none' });
  await play.ask('DeleteEdgeConfiguration', { StreamName }, { why: 'none' });
  await play.ask('StartEdgeConfigurationUpdate', { StreamARN, EdgeConfig: EDGE });
  await play.ask('StartEdgeConfigurationUpdate', { StreamARN, EdgeConfig: EDGE }, { why: 'again' });
  await play.ask('StartEdgeConfigurationUpdate', {
    StreamARN,
    EdgeConfig: { ...EDGE, RecorderConfig: { ScheduleConfig: {} } },
  });
  await play.ask('StartEdgeConfigurationUpdate', { StreamName: 'unkept', EdgeConfig: EDGE });
  await play.ask('DescribeEdgeConfiguration', { StreamARN });
  const { NextToken } = await play.ask('ListEdgeAgentConfigurations', { HubDeviceArn: DEVICE, MaxResults: 1 });
  await play.ask('ListEdgeAgentConfigurations', { HubDeviceArn: DEVICE, NextToken });
  await play.ask('ListEdgeAgentConfigurations', { HubDeviceArn: DEVICE, NextToken: 'nonsense' });
  await play.advance('16m');
  await play.ask('DescribeEdgeConfiguration', { StreamARN }, { why: 'without an agent' });
  await play.ask('DeleteEdgeConfiguration', { StreamARN });
  await play.ask('DescribeEdgeConfiguration', { StreamARN }, { why: 'deleting' });
  await play.advance('1h');
  await play.ask('DescribeEdgeConfiguration', { StreamARN }, { why: 'later' });
}

export async function channels(play) {
  const { StreamARN } = await play.ask('CreateStream', { StreamName: 'a', DataRetentionInHours: 1 });
  const full = {
    ChannelName: 'c',
    ChannelType: 'SINGLE_MASTER',
    SingleMasterConfiguration: { MessageTtlSeconds: 30 },
    Tags: [
      { Key: 'k', Value: 'v' },
      { Key: 'k', Value: 'w' },
    ],
  };
  const { ChannelARN } = await play.ask('CreateSignalingChannel', full);
  await play.ask('CreateSignalingChannel', full, { why: 'again' });
  await play.ask('CreateSignalingChannel', { ChannelName: 'mesh', ChannelType: 'FULL_MESH' });
  await play.ask('CreateSignalingChannel', { ChannelName: 'ttl', SingleMasterConfiguration: { MessageTtlSeconds: 4 } });
  await play.ask('DescribeSignalingChannel', { ChannelName: 'c' });
  await play.ask('DescribeSignalingChannel', { ChannelARN });
  await play.ask('DescribeSignalingChannel', { ChannelARN, ChannelName: 'c' }, { why: 'both' });
  await play.ask('DescribeSignalingChannel', {}, { why: 'neither' });
  await play.ask('DescribeSignalingChannel', { ChannelName: 'a' }, { why: 'a stream' });
  const version = async () => (await play.ask('DescribeSignalingChannel', { ChannelARN })).ChannelInfo?.Version;
  const first = await version();
  const ttl = { SingleMasterConfiguration: { MessageTtlSeconds: 5 } };
  await play.ask('UpdateSignalingChannel', { ChannelARN, CurrentVersion: first, ...ttl });
  await play.ask('UpdateSignalingChannel', { ChannelARN, CurrentVersion: first, ...ttl }, { why: 'old version' });
  await play.ask(
    'UpdateSignalingChannel',
    { ChannelARN, CurrentVersion: await version() },
    { why: 'no configuration' },
  );
  const endpoint = (configuration) =>
    play.ask('GetSignalingChannelEndpoint', { ChannelARN, SingleMasterChannelEndpointConfiguration: configuration });
  await endpoint({ Protocols: ['WSS', 'HTTPS'], Role: 'MASTER' });
  await endpoint({ Protocols: ['WSS', 'HTTPS', 'WEBRTC'], Role: 'VIEWER' });
  await endpoint({ Protocols: ['WSS'] });
  await endpoint({ Protocols: ['FTP', 'WSS'], Role: 'GUEST' });
  await endpoint(undefined);
  const store = (configuration) =>
    play.ask('UpdateMediaStorageConfiguration', { ChannelARN, MediaStorageConfiguration: configuration });
  await play.ask('DescribeMediaStorageConfiguration', { ChannelARN });
  await store({ Status: 'ENABLED' });
  await store({ Status: 'ENABLED', StreamARN });
  await store({ Status: 'ENABLED', StreamARN: StreamARN.replace('/a/', '/absent/') });
  await play.ask('DescribeMediaStorageConfiguration', { ChannelName: 'c' });
  await play.ask('DescribeMappedResourceConfiguration', { StreamName: 'a' });
  await play.ask('DescribeMappedResourceConfiguration', { StreamARN, MaxResults: 1, NextToken: 'nonsense' });
  await endpoint({ Protocols: ['WEBRTC', 'WSS'], Role: 'MASTER' });
  await play.ask('DeleteStream', { StreamARN }, { why: 'mapped' });
  await play.ask('DeleteSignalingChannel', { ChannelARN }, { why: 'mapped' });
  await store({ Status: 'DISABLED' });
  await play.ask('DeleteSignalingChannel', { ChannelARN, CurrentVersion: first }, { why: 'old version' });
  await play.ask('DeleteSignalingChannel', { ChannelARN });
  await play.ask('DescribeSignalingChannel', { ChannelARN }, { why: 'deleted' });
}

export async function tagsAndPages(play) {
  for (const [at, name] of ['one', 'two', 'three', 'on', 'four'].entries()) {
    await play.ask('CreateStream', { StreamName: name, Tags: { at: String(at) } });
    await play.ask('CreateSignalingChannel', { ChannelName: name, Tags: [{ Key: 'at', Value: String(at) }] });
  }
  for (const kind of ['Stream', 'SignalingChannel']) {
    const list = (input) => play.ask(`List${kind}s`, input);
    const condition = `${kind === 'Stream' ? 'Stream' : 'Channel'}NameCondition`;
    await list({});
    let token;
    do {
      const page = await list({ MaxResults: 2, NextToken: token });
      token = page.NextToken ?? undefined;
    } while (token !== undefined);
    const { NextToken } = await list({ MaxResults: 1 });
    await list({ MaxResults: 1, NextToken: `${NextToken}x` });
    await list({ NextToken, [condition]: { ComparisonOperator: 'BEGINS_WITH', ComparisonValue: 'o' } });
    await list({ [condition]: { ComparisonOperator: 'BEGINS_WITH', ComparisonValue: 'on' } });
    await list({ [condition]: { ComparisonOperator: 'ENDS_WITH', ComparisonValue: 'e' } });
    await list({ [condition]: { ComparisonValue: 'e' } });
    for (const MaxResults of [0, 10_001, '2']) await list({ MaxResults });
  }
  const { StreamInfo } = await play.ask('DescribeStream', { StreamName: 'one' });
  const { ChannelInfo } = await play.ask('DescribeSignalingChannel', { ChannelName: 'one' });
  await play.ask('TagStream', { StreamName: 'one', Tags: { b: '2', a: '1', at: 'new' } });
  await play.ask('TagStream', { StreamARN: ChannelInfo?.ChannelARN, Tags: { a: '1' } }, { why: 'a channel' });
  const many = Object.fromEntries([...Array(49).keys()].map((n) => [`key ${n}`, `value ${n}`]));
  await play.ask('TagStream', { StreamName: 'one', Tags: many }, { why: 'too many' });
  await play.ask('TagStream', { StreamName: 'one', Tags: { 'aws:a': '1', '': '2', 'a*b': 3 } });
  await play.ask('ListTagsForStream', { StreamName: 'one' });
  await play.ask('ListTagsForStream', { StreamARN: StreamInfo?.StreamARN, NextToken: 'nonsense' });
  await play.ask('UntagStream', { StreamName: 'one', TagKeyList: ['a', 'absent'] });
  await play.ask('UntagStream', { StreamName: 'one', TagKeyList: [] });
  for (const ResourceARN of [
    StreamInfo?.StreamARN,
    ChannelInfo?.ChannelARN,
    'arn:aws:kinesisvideo:us-east-1:1:thing/a/1',
  ]) {
    await play.ask('TagResource', { ResourceARN, Tags: [{ Key: 'x', Value: 'y' }] });
    await play.ask('TagResource', { ResourceARN, Tags: [{ Key: 'aws:x', Value: 'y' }, { Key: 'z' }] });
    await play.ask('TagResource', { ResourceARN, Tags: Object.entries(many).map(([Key, Value]) => ({ Key, Value })) });
    await play.ask('ListTagsForResource', { ResourceARN });
    await play.ask('UntagResource', { ResourceARN, TagKeyList: ['x', 'absent'] });
    await play.ask('ListTagsForResource', { ResourceARN, NextToken: 'nonsense' });
  }
}
