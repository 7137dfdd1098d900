// What can be set on a stream besides its own fields, as the service's requests have it, and as plain data.
import type { Ending } from '../resources/record.ts';

export type StorageTier = 'HOT' | 'WARM';
type OnOff = 'ENABLED' | 'DISABLED';

export interface ImageGeneration {
  readonly Status: OnOff;
  readonly ImageSelectorType: 'SERVER_TIMESTAMP' | 'PRODUCER_TIMESTAMP';
  readonly DestinationConfig: { readonly Uri: string; readonly DestinationRegion: string };
  /** Milliseconds. */
  readonly SamplingInterval: number;
  readonly Format: 'JPEG' | 'PNG';
  readonly FormatConfig?: Readonly<Record<string, string>>;
  readonly WidthPixels?: number;
  readonly HeightPixels?: number;
}

export interface Notification {
  readonly Status: OnOff;
  readonly DestinationConfig: { readonly Uri: string };
}

interface Schedule {
  readonly ScheduleExpression: string;
  readonly DurationInSeconds: number;
}

export interface EdgeConfig {
  readonly HubDeviceArn: string;
  readonly RecorderConfig: {
    readonly MediaSourceConfig: {
      readonly MediaUriSecretArn: string;
      readonly MediaUriType: 'RTSP_URI' | 'FILE_URI';
    };
    readonly ScheduleConfig?: Schedule;
  };
  readonly UploaderConfig?: { readonly ScheduleConfig: Schedule };
  readonly DeletionConfig?: {
    readonly EdgeRetentionInHours?: number;
    readonly LocalSizeConfig?: {
      readonly MaxLocalMediaSizeInMB?: number;
      readonly StrategyOnFullSize?: 'DELETE_OLDEST_MEDIA' | 'DENY_NEW_MEDIA';
    };
    readonly DeleteAfterUpload?: boolean;
  };
}

export type SyncStatus =
  | 'SYNCING'
  | 'ACKNOWLEDGED'
  | 'IN_SYNC'
  | 'SYNC_FAILED'
  | 'DELETING'
  | 'DELETE_FAILED'
  | 'DELETING_ACKNOWLEDGED';

export interface EdgeConfiguration {
  readonly config: EdgeConfig;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly syncStatus: SyncStatus;
  readonly failedStatusDetails: string | null;
  /** What follows by itself, one after the other. */
  readonly steps: readonly Ending<SyncStatus>[];
}
