import { hubDeviceArn, nextToken as token } from '../../protocol/commonShapes.ts';
import { integer, required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { edgeConfigurationView } from './edgeConfiguration.ts';

export const listEdgeAgentConfigurations = jsonOperation({
  name: 'ListEdgeAgentConfigurations',
  plane: 'control',
  path: '/listEdgeAgentConfigurations',
  actsOn: 'account',
  kind: 'json',
  input: structure({
    HubDeviceArn: required(hubDeviceArn),
    MaxResults: integer({ min: 1, max: 10 }),
    NextToken: token,
  }),
  handle(context, input) {
    const { streams, nextToken } = context.streams.listByDevice(context, {
      device: input.HubDeviceArn,
      token: input.NextToken,
      limit: input.MaxResults ?? context.limits.of('ListEdgeAgentConfigurations.page'),
    });
    return {
      EdgeConfigs: streams.map((stream) => edgeConfigurationView(stream.record, context.streams.edge.of(stream))),
      NextToken: nextToken ?? null,
    };
  },
});
