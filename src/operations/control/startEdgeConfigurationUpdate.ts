import { streamRef } from '../../protocol/commonShapes.ts';
import { required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { edgeConfig, edgeConfigurationView } from './edgeConfiguration.ts';

export const startEdgeConfigurationUpdate = jsonOperation({
  name: 'StartEdgeConfigurationUpdate',
  plane: 'control',
  path: '/startEdgeConfigurationUpdate',
  actsOn: 'stream',
  kind: 'json',
  leavesOut: 'There is no Edge Agent: after 15 minutes of the clock the configuration is SYNC_FAILED.',
  input: structure({ ...streamRef, EdgeConfig: required(edgeConfig) }),
  handle(context, input, stream) {
    return edgeConfigurationView(stream.record, context.streams.edge.start(stream, input.EdgeConfig));
  },
});
