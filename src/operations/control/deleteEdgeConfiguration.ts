import { streamRef } from '../../protocol/commonShapes.ts';
import { structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const deleteEdgeConfiguration = jsonOperation({
  name: 'DeleteEdgeConfiguration',
  plane: 'control',
  path: '/deleteEdgeConfiguration',
  kind: 'json',
  input: structure(streamRef),
  handle(context, input) {
    context.streams.edge.delete(context.streams.resolve(context, input));
  },
});
