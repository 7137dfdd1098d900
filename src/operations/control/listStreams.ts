import { listLimit, streamName, nextToken as token } from '../../protocol/commonShapes.ts';
import { object, oneOf, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { namePrefix } from './namePrefix.ts';
import { streamInfo } from './streamInfo.ts';

export const listStreams = jsonOperation({
  name: 'ListStreams',
  plane: 'control',
  path: '/listStreams',
  actsOn: 'account',
  kind: 'json',
  input: structure({
    MaxResults: listLimit,
    NextToken: token,
    StreamNameCondition: object({ ComparisonOperator: oneOf('BEGINS_WITH'), ComparisonValue: streamName }),
  }),
  handle(context, input) {
    const { limits } = context;
    const { streams, nextToken } = context.streams.list(context, {
      prefix: namePrefix('StreamNameCondition', input.StreamNameCondition),
      token: input.NextToken,
      limit: Math.min(input.MaxResults ?? limits.of('ListStreams.page'), limits.of('ListStreams.maxPage')),
    });
    return { NextToken: nextToken ?? null, StreamInfoList: streams.map(streamInfo) };
  },
});
