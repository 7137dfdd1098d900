import { channelName, listLimit, nextToken as token } from '../../protocol/commonShapes.ts';
import { object, oneOf, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { channelInfo } from './channelInfo.ts';
import { namePrefix } from './namePrefix.ts';

/** As documented; the greatest page is that measured for ListStreams. */
const DEFAULT_PAGE = 500;
const LARGEST_PAGE = 1000;

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
    const { channels, nextToken } = context.channels.list(context, {
      prefix: namePrefix('ChannelNameCondition', input.ChannelNameCondition),
      token: input.NextToken,
      limit: Math.min(input.MaxResults ?? DEFAULT_PAGE, LARGEST_PAGE),
    });
    return { ChannelInfoList: channels.map(channelInfo), NextToken: nextToken ?? null };
  },
});
