import type { FragmentLog } from '../fragments/fragmentLog.ts';
import type { Status } from '../resources/lifecycle.ts';
import type { Scope } from '../resources/scope.ts';
import type { Tags } from '../resources/tags.ts';

export type StorageTier = 'HOT' | 'WARM';

/** What is known about a stream. Only domain/streams changes it. */
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
  /** ARN of a key or an alias. */
  readonly kmsKeyId: string;
  tags: Tags;
  storageTier: StorageTier;
}

export class Stream {
  readonly record: StreamRecord;
  readonly fragments: FragmentLog;
  /** Calls off what the clock still has to do for this stream. */
  cancelPassing: () => void = () => undefined;

  constructor(record: StreamRecord, fragments: FragmentLog) {
    this.record = record;
    this.fragments = fragments;
  }
}
