// The least that each operation takes, so that all of them can be asked in the same wrong ways.
import { NOW } from '../player.mjs';

const StreamName = 'cam';
const version = 'x'.repeat(20);
export const ABSENT_STREAM = 'arn:aws:kinesisvideo:us-east-1:000000000000:stream/absent/1893456000000';
export const ABSENT_CHANNEL = 'arn:aws:kinesisvideo:us-east-1:000000000000:channel/absent/1893456000000';
export const DEVICE = 'arn:aws:iot:us-east-1:111122223333:thing/hub-1';

const schedule = { ScheduleExpression: '0 0 8-17 ? * *', DurationInSeconds: 3600 };
export const EDGE = {
  HubDeviceArn: DEVICE,
  RecorderConfig: {
    MediaSourceConfig: {
      MediaUriSecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:camera-AbCdEf',
      MediaUriType: 'RTSP_URI',
    },
    ScheduleConfig: schedule,
  },
  UploaderConfig: { ScheduleConfig: schedule },
  DeletionConfig: {
    EdgeRetentionInHours: 24,
    LocalSizeConfig: { MaxLocalMediaSizeInMB: 64, StrategyOnFullSize: 'DENY_NEW_MEDIA' },
    DeleteAfterUpload: false,
  },
};
export const IMAGES = {
  Status: 'ENABLED',
  ImageSelectorType: 'SERVER_TIMESTAMP',
  DestinationConfig: { Uri: 's3://bucket', DestinationRegion: 'us-east-1' },
  SamplingInterval: 200,
  Format: 'JPEG',
  FormatConfig: { JPEGQuality: '80' },
  WidthPixels: 320,
  HeightPixels: 180,
};
export const NOTIFICATION = { Status: 'ENABLED', DestinationConfig: { Uri: 'arn:aws:sns:us-east-1:111122223333:t' } };

export const range = (start, end, type = 'PRODUCER_TIMESTAMP') => ({
  FragmentSelectorType: type,
  TimestampRange: { StartTimestamp: start, EndTimestamp: end },
});
export const lastHour = range(NOW - 3600, NOW - 1);

export const LEAST = {
  CreateSignalingChannel: { ChannelName: 'door' },
  CreateStream: { StreamName },
  DeleteSignalingChannel: { ChannelARN: ABSENT_CHANNEL },
  DeleteStream: { StreamARN: ABSENT_STREAM },
  DescribeMediaStorageConfiguration: { ChannelName: 'door' },
  DescribeSignalingChannel: { ChannelName: 'door' },
  GetDataEndpoint: { StreamName, APIName: 'PUT_MEDIA' },
  GetSignalingChannelEndpoint: { ChannelARN: ABSENT_CHANNEL },
  ListEdgeAgentConfigurations: { HubDeviceArn: DEVICE },
  ListSignalingChannels: { MaxResults: 1 },
  ListStreams: { MaxResults: 1 },
  ListTagsForResource: { ResourceARN: ABSENT_STREAM },
  StartEdgeConfigurationUpdate: { StreamName, EdgeConfig: EDGE },
  TagResource: { ResourceARN: ABSENT_STREAM, Tags: [{ Key: 'k', Value: 'v' }] },
  TagStream: { StreamName, Tags: { k: 'v' } },
  UntagResource: { ResourceARN: ABSENT_STREAM, TagKeyList: ['k'] },
  UntagStream: { StreamName, TagKeyList: ['k'] },
  UpdateDataRetention: {
    StreamName,
    CurrentVersion: version,
    Operation: 'INCREASE_DATA_RETENTION',
    DataRetentionChangeInHours: 1,
  },
  UpdateImageGenerationConfiguration: { StreamName, ImageGenerationConfiguration: IMAGES },
  UpdateMediaStorageConfiguration: { ChannelARN: ABSENT_CHANNEL, MediaStorageConfiguration: { Status: 'DISABLED' } },
  UpdateNotificationConfiguration: { StreamName, NotificationConfiguration: NOTIFICATION },
  UpdateSignalingChannel: { ChannelARN: ABSENT_CHANNEL, CurrentVersion: version },
  UpdateStream: { StreamName, CurrentVersion: version, DeviceName: 'd' },
  UpdateStreamStorageConfiguration: {
    StreamName,
    CurrentVersion: version,
    StreamStorageConfiguration: { DefaultStorageTier: 'WARM' },
  },
  GetMedia: { StreamName, StartSelector: { StartSelectorType: 'FRAGMENT_NUMBER', AfterFragmentNumber: '1' } },
  GetClip: { StreamName, ClipFragmentSelector: lastHour },
  GetImages: {
    StreamName,
    ImageSelectorType: 'SERVER_TIMESTAMP',
    StartTimestamp: NOW - 60,
    EndTimestamp: NOW - 1,
    Format: 'JPEG',
  },
  GetMediaForFragmentList: { StreamName, Fragments: ['1'] },
  ListFragments: { StreamName, FragmentSelector: lastHour },
};
/** Of all that are not named. */
export const leastOf = (name) => LEAST[name] ?? { StreamName };
