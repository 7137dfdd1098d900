import { streamRef } from '../../protocol/commonShapes.ts';
import { structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { edgeConfigurationView } from './edgeConfiguration.ts';

export const describeEdgeConfiguration = jsonOperation({
  name: 'DescribeEdgeConfiguration',
  plane: 'control',
  path: '/describeEdgeConfiguration',
  actsOn: 'stream',
  kind: 'json',
  leavesOut: 'EdgeAgentStatus is null: no Edge Agent reports.',
  input: structure(streamRef),
  handle(context, _input, stream) {
    return { ...edgeConfigurationView(stream.record, context.streams.edge.of(stream)), EdgeAgentStatus: null };
  },
});
