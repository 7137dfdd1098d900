import type { Ids } from '../../runtime/ids.ts';
import type { Status } from '../resources/lifecycle.ts';
import type { Scope } from '../resources/scope.ts';
import type { Tags } from '../resources/tags.ts';
import type { Stream } from '../streams/stream.ts';

/** What is known about a signaling channel. Only domain/channels changes it. */
export interface ChannelRecord {
  readonly scope: Scope;
  readonly name: string;
  readonly arn: string;
  /** Milliseconds since the epoch; also the last part of the ARN. */
  readonly createdAt: number;
  version: string;
  status: Status;
  readonly type: 'SINGLE_MASTER';
  messageTtlSeconds: number;
  tags: Tags;
}

export class Channel {
  readonly record: ChannelRecord;
  /** Of this channel alone, whatever is done to others. */
  readonly versionIds: Ids;
  /** The stream that stores this channel's media. */
  storage: Stream | undefined;
  /** Calls off what the clock still has to do for this channel. */
  cancelPassing: () => void = () => undefined;

  constructor(record: ChannelRecord, versionIds: Ids) {
    this.record = record;
    this.versionIds = versionIds;
  }
}
