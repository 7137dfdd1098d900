import type { ResourceRecord } from '../resources/record.ts';

/** What a signaling channel is, besides what every resource is. */
export interface ChannelSettings {
  readonly type: 'SINGLE_MASTER';
  readonly messageTtlSeconds: number;
  /** The stream that stores this channel's media. */
  readonly storageStreamArn: string | null;
}

export interface ChannelRecord extends ResourceRecord, ChannelSettings {}
