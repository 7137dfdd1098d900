import type { ResourceRecord } from '../resources/record.ts';
import type { Former } from './activation.ts';
import type { EdgeConfiguration, ImageGeneration, Notification, StorageTier } from './configurations.ts';

/** What a stream is, besides what every resource is. */
export interface StreamSettings {
  readonly dataRetentionInHours: number;
  readonly deviceName: string | null;
  readonly mediaType: string | null;
  /** As it was given: id or ARN of a key, name or ARN of an alias. */
  readonly kmsKeyId: string;
  readonly storageTier: StorageTier;
  readonly imageGeneration: ImageGeneration | null;
  readonly notification: Notification | null;
  /** Absent or null: what is set counts. */
  readonly formerImageGeneration?: Former<ImageGeneration> | null;
  readonly formerNotification?: Former<Notification> | null;
  readonly edge: EdgeConfiguration | null;
  /** The signaling channel whose media are stored here. */
  readonly mappedChannelArn: string | null;
  /** How many blocks of sequence numbers its producers have begun: those of its next one follow. */
  readonly sequenceBlocks: number;
}

export interface StreamRecord extends ResourceRecord, StreamSettings {}
