import type { EdgeConfiguration } from '../../domain/streams/configurations.ts';
import type { StreamRecord } from '../../domain/streams/streamRecord.ts';
import { hubDeviceArn } from '../../protocol/commonShapes.ts';
import { filled } from '../../protocol/filled.ts';
import { Timestamp } from '../../protocol/restJson.ts';
import { boolean, integer, object, oneOf, required, string } from '../../protocol/shapes.ts';

const scheduleConfig = object({
  ScheduleExpression: required(string({ min: 11, max: 100, pattern: '[^\\n]{11,100}' })),
  DurationInSeconds: required(integer({ min: 60, max: 3600 })),
});

const mediaUriSecretArn = string({
  min: 20,
  max: 2048,
  pattern: 'arn:[a-z\\d-]+:secretsmanager:[a-z0-9-]+:[0-9]+:secret:[a-zA-Z0-9_.-]+',
  sensitive: true,
});

export const edgeConfig = object({
  HubDeviceArn: required(hubDeviceArn),
  RecorderConfig: required(
    object({
      MediaSourceConfig: required(
        object({
          MediaUriSecretArn: required(mediaUriSecretArn),
          MediaUriType: required(oneOf('RTSP_URI', 'FILE_URI')),
        }),
      ),
      ScheduleConfig: scheduleConfig,
    }),
  ),
  UploaderConfig: object({ ScheduleConfig: required(scheduleConfig) }),
  DeletionConfig: object({
    EdgeRetentionInHours: integer({ min: 1, max: 720 }),
    LocalSizeConfig: object({
      MaxLocalMediaSizeInMB: integer({ min: 64, max: 2_000_000 }),
      StrategyOnFullSize: oneOf('DELETE_OLDEST_MEDIA', 'DENY_NEW_MEDIA'),
    }),
    DeleteAfterUpload: boolean(),
  }),
});

/** An edge configuration as every operation shows it. */
export const edgeConfigurationView = ({ arn, name }: StreamRecord, edge: EdgeConfiguration) => ({
  CreationTime: new Timestamp(edge.createdAt),
  EdgeConfig: filled(edgeConfig, edge.config),
  FailedStatusDetails: edge.failedStatusDetails,
  LastUpdatedTime: new Timestamp(edge.updatedAt),
  StreamARN: arn,
  StreamName: name,
  SyncStatus: edge.syncStatus,
});
