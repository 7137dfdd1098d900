import { channelName, singleMasterConfiguration, tag } from '../../protocol/commonShapes.ts';
import { list, oneOf, required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { tagMap } from './tagMap.ts';

export const createSignalingChannel = jsonOperation({
  name: 'CreateSignalingChannel',
  plane: 'control',
  path: '/createSignalingChannel',
  actsOn: 'newChannel',
  kind: 'json',
  tagsNeed: 'TagResource',
  input: structure({
    ChannelName: required(channelName),
    ChannelType: oneOf('SINGLE_MASTER', 'FULL_MESH'),
    SingleMasterConfiguration: singleMasterConfiguration,
    Tags: list(tag, { min: 0, max: 50 }),
  }),
  handle(context, input) {
    const { record } = context.channels.create(context, {
      name: input.ChannelName,
      type: input.ChannelType,
      messageTtlSeconds: input.SingleMasterConfiguration?.MessageTtlSeconds,
      tags: tagMap(input.Tags ?? []),
    });
    return { ChannelARN: record.arn };
  },
});
