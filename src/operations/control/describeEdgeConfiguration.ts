import { streamRef } from '../../protocol/commonShapes.ts';
import { structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { edgeConfigurationView } from './edgeConfiguration.ts';

export const describeEdgeConfiguration = jsonOperation({
  name: 'DescribeEdgeConfiguration',
  plane: 'control',
  path: '/describeEdgeConfiguration',
  kind: 'json',
  leavesOut: 'EdgeAgentStatus is null: no Edge Agent reports.',
  input: structure(streamRef),
  handle(context, input) {
    const stream = context.streams.resolve(context, input);
    return { ...edgeConfigurationView(stream.record, context.streams.edge.of(stream)), EdgeAgentStatus: null };
  },
});
