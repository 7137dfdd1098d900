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
  handle(_context, _input, { record: { storageStreamArn: arn } }) {
    return { MediaStorageConfiguration: { Status: arn === null ? 'DISABLED' : 'ENABLED', StreamARN: arn } };
  },
});
