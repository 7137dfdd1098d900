import { channelRef } from '../../protocol/commonShapes.ts';
import { structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const describeMediaStorageConfiguration = jsonOperation({
  name: 'DescribeMediaStorageConfiguration',
  plane: 'control',
  path: '/describeMediaStorageConfiguration',
  actsOn: 'channel',
  kind: 'json',
  input: structure(channelRef),
  handle(_context, _input, { storage }) {
    return {
      MediaStorageConfiguration: {
        Status: storage === undefined ? 'DISABLED' : 'ENABLED',
        StreamARN: storage?.record.arn ?? null,
      },
    };
  },
});
