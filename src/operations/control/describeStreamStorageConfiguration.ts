import { streamRef } from '../../protocol/commonShapes.ts';
import { structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const describeStreamStorageConfiguration = jsonOperation({
  name: 'DescribeStreamStorageConfiguration',
  plane: 'control',
  path: '/describeStreamStorageConfiguration',
  actsOn: 'stream',
  kind: 'json',
  input: structure(streamRef),
  handle(_context, _input, { record }) {
    return {
      StreamARN: record.arn,
      StreamName: record.name,
      StreamStorageConfiguration: { DefaultStorageTier: record.storageTier },
    };
  },
});
