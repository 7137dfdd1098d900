import { channelRef } from '../../protocol/commonShapes.ts';
import { structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { channelInfo } from './channelInfo.ts';

export const describeSignalingChannel = jsonOperation({
  name: 'DescribeSignalingChannel',
  plane: 'control',
  path: '/describeSignalingChannel',
  actsOn: 'channel',
  kind: 'json',
  input: structure(channelRef),
  handle: (_context, _input, channel) => ({ ChannelInfo: channelInfo(channel) }),
});
