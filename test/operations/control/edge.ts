/** A device, and an edge configuration for it with everything that may be in one. */
export const DEVICE = 'arn:aws:iot:us-east-1:111122223333:thing/hub-1';
const ScheduleConfig = { ScheduleExpression: '0 0 8-17 ? * *', DurationInSeconds: 3600 };
export const EDGE_CONFIG = {
  HubDeviceArn: DEVICE,
  RecorderConfig: {
    MediaSourceConfig: {
      MediaUriSecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:camera-AbCdEf',
      MediaUriType: 'RTSP_URI',
    },
    ScheduleConfig,
  },
  UploaderConfig: { ScheduleConfig },
  DeletionConfig: {
    EdgeRetentionInHours: 24,
    LocalSizeConfig: { MaxLocalMediaSizeInMB: 64, StrategyOnFullSize: 'DENY_NEW_MEDIA' },
    DeleteAfterUpload: false,
  },
};
/** The least there must be in one. */
export const LEAST = {
  HubDeviceArn: DEVICE,
  RecorderConfig: { MediaSourceConfig: EDGE_CONFIG.RecorderConfig.MediaSourceConfig },
};
export const NO_EDGE = '404 StreamEdgeConfigurationNotFoundException: The stream a has no edge configuration.';
/** An agent that acknowledges after a second and has done as told after two more. */
export const AGENT = { acknowledgesAfter: 1000, syncsAfter: 2000 };
