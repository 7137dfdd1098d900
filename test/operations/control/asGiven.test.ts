// What a caller gives is what a caller gets: nothing is trimmed, folded, completed or sorted on the way.
import { describe, expect, it } from 'vitest';
import { controlPlane } from './harness.ts';

const NAME = 'Camera_01.front-DOOR';
/** Of every character class that tags allow, with spaces where a form would cut them off. */
const TAGS = {
  ' padded ': '  both sides  ',
  empty: '',
  CASE: 'Upper',
  case: 'lower',
  __proto__x: 'a_.:/=+-@',
  constructor: 'toString',
  größe: '東京',
  '10': 'é',
  '9': 'no-break\u00a0space',
  k: 'x'.repeat(256),
};
const ALL_TAGS = `{"__proto__":"own",${JSON.stringify(TAGS).slice(1)}`;

describe('values come back as given', () => {
  it('those of a stream, by every operation that shows them', async () => {
    const plane = controlPlane();
    const given = {
      StreamName: NAME,
      DeviceName: 'Kinesis_Video_Device-1.',
      MediaType: 'Video/H264,audio/x-AAC+raw,video/h264',
      KmsKeyId: 'Alias/Mine ',
      DataRetentionInHours: 87_600,
    };
    const info = await plane.stream(NAME, given);
    expect(info).toMatchObject(given);
    expect(info.StreamARN).toMatch(new RegExp(`:stream/${NAME}/${plane.clock.now()}$`));
    expect((await plane.call('ListStreams')).StreamInfoList).toEqual([info]);
    const update = { StreamName: NAME, CurrentVersion: info.Version, MediaType: 'a/B', DeviceName: 'd.' };
    await plane.call('UpdateStream', update);
    const { StreamInfo } = await plane.call('DescribeStream', { StreamARN: info.StreamARN });
    expect(StreamInfo).toEqual({ ...info, MediaType: 'a/B', DeviceName: 'd.', Version: StreamInfo.Version });
  });

  it('those of a channel', async () => {
    const plane = controlPlane();
    for (const MessageTtlSeconds of [5, 119, 120]) {
      const info = await plane.channel(`${NAME}${MessageTtlSeconds}`, {
        SingleMasterConfiguration: { MessageTtlSeconds },
      });
      expect(info).toMatchObject({
        ChannelName: `${NAME}${MessageTtlSeconds}`,
        SingleMasterConfiguration: { MessageTtlSeconds },
      });
    }
  });

  it('tags, in a map or a list, of streams and channels', async () => {
    const plane = controlPlane();
    const expected = JSON.parse(ALL_TAGS);
    await plane.send('CreateStream', `{"StreamName":"a","Tags":${ALL_TAGS}}`);
    expect(await plane.call('ListTagsForStream', { StreamName: 'a' })).toEqual({ NextToken: null, Tags: expected });
    const list = Object.entries<string>(expected).map(([Key, Value]) => ({ Key, Value }));
    const { ChannelARN } = await plane.channel('a', { Tags: list });
    expect((await plane.call('ListTagsForResource', { ResourceARN: ChannelARN })).Tags).toEqual(expected);
    const { StreamARN } = await plane.stream('b');
    await plane.send('TagStream', `{"StreamARN":"${StreamARN}","Tags":${ALL_TAGS}}`);
    await plane.call('TagResource', { ResourceARN: StreamARN, Tags: [{ Key: 'k', Value: '' }] });
    expect((await plane.call('ListTagsForStream', { StreamARN })).Tags).toEqual({ ...expected, k: '' });
  });

  it('configurations of images and notifications, with null for what was not given', async () => {
    const plane = controlPlane();
    await plane.stream('a', { DataRetentionInHours: 1 });
    const images = {
      Status: 'DISABLED',
      ImageSelectorType: 'PRODUCER_TIMESTAMP',
      DestinationConfig: { Uri: 's3://Bucket/Prefix//with spaces/', DestinationRegion: 'us-east-1' },
      SamplingInterval: 2_147_483_647,
      Format: 'PNG',
      FormatConfig: { JPEGQuality: '1' },
      WidthPixels: null,
      HeightPixels: 2160,
    };
    await plane.call('UpdateImageGenerationConfiguration', { StreamName: 'a', ImageGenerationConfiguration: images });
    expect(await plane.call('DescribeImageGenerationConfiguration', { StreamName: 'a' })).toEqual({
      ImageGenerationConfiguration: images,
    });
    const NotificationConfiguration = {
      Status: 'ENABLED',
      DestinationConfig: { Uri: 'arn:aws:sns:us-east-1:1:Topic_A' },
    };
    await plane.call('UpdateNotificationConfiguration', { StreamName: 'a', NotificationConfiguration });
    expect(await plane.call('DescribeNotificationConfiguration', { StreamName: 'a' })).toEqual({
      NotificationConfiguration,
    });
  });

  it('an edge configuration, completed only by its documented defaults', async () => {
    const plane = controlPlane();
    const Schedule = { ScheduleExpression: '  0 0 8-17 ? * MON ', DurationInSeconds: 60 };
    const EdgeConfig = {
      HubDeviceArn: 'arn:aws:iot:us-east-1:111122223333:thing/Hub.1',
      RecorderConfig: {
        MediaSourceConfig: {
          MediaUriSecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:Camera_A-AbCdEf',
          MediaUriType: 'FILE_URI',
        },
        ScheduleConfig: Schedule,
      },
      UploaderConfig: null,
      DeletionConfig: { EdgeRetentionInHours: 1, LocalSizeConfig: { MaxLocalMediaSizeInMB: 64 } },
    };
    await plane.stream('a', { DataRetentionInHours: 1 });
    await plane.call('StartEdgeConfigurationUpdate', { StreamName: 'a', EdgeConfig });
    expect((await plane.call('DescribeEdgeConfiguration', { StreamName: 'a' })).EdgeConfig).toEqual({
      ...EdgeConfig,
      DeletionConfig: {
        EdgeRetentionInHours: 1,
        LocalSizeConfig: { MaxLocalMediaSizeInMB: 64, StrategyOnFullSize: null },
        DeleteAfterUpload: true,
      },
    });
  });
});
