import { streamRef } from '../../protocol/commonShapes.ts';
import { structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const deleteEdgeConfiguration = jsonOperation({
  name: 'DeleteEdgeConfiguration',
  plane: 'control',
  path: '/deleteEdgeConfiguration',
  actsOn: 'stream',
  kind: 'json',
  input: structure(streamRef),
  handle(context, _input, stream) {
    context.streams.edge.delete(stream);
  },
});
