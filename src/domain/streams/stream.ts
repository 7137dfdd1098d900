import type { Ids } from '../../runtime/ids.ts';
import type { FragmentLog } from '../fragments/fragmentLog.ts';
import type { Status } from '../resources/lifecycle.ts';
import type { Scope } from '../resources/scope.ts';
import type { Tags } from '../resources/tags.ts';
import type { EdgeConfiguration, ImageGeneration, Notification, StorageTier } from './configurations.ts';

/** What is known about a stream. Only domain/ changes it. */
export interface StreamRecord {
  readonly scope: Scope;
  readonly name: string;
  readonly arn: string;
  /** Milliseconds since the epoch; also the last part of the ARN. */
  readonly createdAt: number;
  version: string;
  status: Status;
  dataRetentionInHours: number;
  deviceName: string | null;
  mediaType: string | null;
  /** As it was given: id or ARN of a key, name or ARN of an alias. */
  readonly kmsKeyId: string;
  tags: Tags;
  storageTier: StorageTier;
  imageGeneration: ImageGeneration | undefined;
  notification: Notification | undefined;
  edge: EdgeConfiguration | undefined;
  /** The signaling channel whose media are stored here. */
  mappedChannelArn: string | undefined;
}

/** Ids of this stream alone, whatever is done to others. */
export interface StreamIds {
  readonly versions: Ids;
  /** Of playback sessions. */
  readonly sessions: Ids;
}

export class Stream {
  readonly record: StreamRecord;
  readonly fragments: FragmentLog;
  readonly ids: StreamIds;
  /** Planes whose endpoint somebody has asked for. */
  readonly endpointsAskedFor = new Set<'media' | 'archived'>();
  /** Calls off what the clock still has to do for this stream's status, and for its edge configuration. */
  cancelPassing: () => void = () => undefined;
  cancelEdge: () => void = () => undefined;

  constructor(record: StreamRecord, fragments: FragmentLog, ids: StreamIds) {
    this.record = record;
    this.fragments = fragments;
    this.ids = ids;
  }
}
