import { streamRef } from '../../protocol/commonShapes.ts';
import { structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const describeStreamStorageConfiguration = jsonOperation({
  name: 'DescribeStreamStorageConfiguration',
  plane: 'control',
  path: '/describeStreamStorageConfiguration',
  kind: 'json',
  input: structure(streamRef),
  handle(context, input) {
    const { record } = context.streams.resolve(context, input);
    return {
      StreamARN: record.arn,
      StreamName: record.name,
      StreamStorageConfiguration: { DefaultStorageTier: record.storageTier },
    };
  },
});
