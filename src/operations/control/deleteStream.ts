import { resourceArn, version } from '../../protocol/commonShapes.ts';
import { required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const deleteStream = jsonOperation({
  name: 'DeleteStream',
  plane: 'control',
  path: '/deleteStream',
  actsOn: 'stream',
  kind: 'json',
  input: structure({ StreamARN: required(resourceArn), CurrentVersion: version }),
  handle(context, input, stream) {
    context.streams.delete(stream, input.CurrentVersion);
  },
});
