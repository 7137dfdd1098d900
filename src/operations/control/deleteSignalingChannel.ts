import { resourceArn, version } from '../../protocol/commonShapes.ts';
import { required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const deleteSignalingChannel = jsonOperation({
  name: 'DeleteSignalingChannel',
  plane: 'control',
  path: '/deleteSignalingChannel',
  actsOn: 'channel',
  kind: 'json',
  input: structure({ ChannelARN: required(resourceArn), CurrentVersion: version }),
  handle(context, input, channel) {
    context.channels.delete(channel, input.CurrentVersion);
    context.signaling.end(channel);
  },
});
