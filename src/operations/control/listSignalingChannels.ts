import { channelName, listLimit, nextToken as token } from '../../protocol/commonShapes.ts';
import { object, oneOf, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { channelInfo } from './channelInfo.ts';
import { namePrefix } from './namePrefix.ts';

export const listSignalingChannels = jsonOperation({
  name: 'ListSignalingChannels',
  plane: 'control',
  path: '/listSignalingChannels',
  actsOn: 'account',
  kind: 'json',
  input: structure({
    MaxResults: listLimit,
    NextToken: token,
    ChannelNameCondition: object({ ComparisonOperator: oneOf('BEGINS_WITH'), ComparisonValue: channelName }),
  }),
  handle(context, input) {
    const { limits } = context;
    const { channels, nextToken } = context.channels.list(context, {
      prefix: namePrefix('ChannelNameCondition', input.ChannelNameCondition),
      token: input.NextToken,
      limit: Math.min(
        input.MaxResults ?? limits.of('ListSignalingChannels.page'),
        limits.of('ListSignalingChannels.maxPage'),
      ),
    });
    return { ChannelInfoList: channels.map(channelInfo), NextToken: nextToken ?? null };
  },
});
