import type { Stream } from '../../domain/streams/stream.ts';
import { Timestamp } from '../../protocol/restJson.ts';

/** A stream as DescribeStream and ListStreams show it. */
export const streamInfo = ({ record }: Stream) => ({
  CreationTime: new Timestamp(record.createdAt),
  DataRetentionInHours: record.dataRetentionInHours,
  DeviceName: record.deviceName,
  // Sent since 2024, null, though no public model has it.
  IngestionConfiguration: null,
  KmsKeyId: record.kmsKeyId,
  MediaType: record.mediaType,
  Status: record.status,
  StreamARN: record.arn,
  StreamName: record.name,
  Version: record.version,
});
