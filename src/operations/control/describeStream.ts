import { streamRef } from '../../protocol/commonShapes.ts';
import { structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { streamInfo } from './streamInfo.ts';

export const describeStream = jsonOperation({
  name: 'DescribeStream',
  plane: 'control',
  path: '/describeStream',
  actsOn: 'stream',
  kind: 'json',
  input: structure(streamRef),
  handle: (_context, _input, stream) => ({ StreamInfo: streamInfo(stream) }),
});
