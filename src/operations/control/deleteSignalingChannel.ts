import { resourceArn, version } from '../../protocol/commonShapes.ts';
import { required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const deleteSignalingChannel = jsonOperation({
  name: 'DeleteSignalingChannel',
  plane: 'control',
  path: '/deleteSignalingChannel',
  kind: 'json',
  input: structure({ ChannelARN: required(resourceArn), CurrentVersion: version }),
  handle(context, input) {
    context.channels.delete(context.channels.resolve(context, { ChannelARN: input.ChannelARN }), input.CurrentVersion);
  },
});
