import {
  deviceName,
  mediaType,
  resourceTags,
  streamName,
  streamStorageConfiguration,
} from '../../protocol/commonShapes.ts';
import { integer, required, string, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { checkShardsTag } from './shardsTag.ts';

export const createStream = jsonOperation({
  name: 'CreateStream',
  plane: 'control',
  path: '/createStream',
  actsOn: 'newStream',
  kind: 'json',
  tagsNeed: 'TagStream',
  input: structure({
    DeviceName: deviceName,
    StreamName: required(streamName),
    MediaType: mediaType,
    KmsKeyId: string({ min: 1, max: 2048, pattern: '.+' }),
    DataRetentionInHours: integer({ min: 0 }),
    Tags: resourceTags,
    StreamStorageConfiguration: streamStorageConfiguration,
  }),
  handle(context, input) {
    const { record } = context.streams.create(context, {
      name: input.StreamName,
      deviceName: input.DeviceName,
      mediaType: input.MediaType,
      kmsKeyId: input.KmsKeyId,
      dataRetentionInHours: input.DataRetentionInHours,
      tags: input.Tags,
      storageTier: input.StreamStorageConfiguration?.DefaultStorageTier,
    });
    checkShardsTag(context, input.Tags);
    return { StreamARN: record.arn };
  },
});
