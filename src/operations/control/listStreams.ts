import { listLimit, streamName, nextToken as token } from '../../protocol/commonShapes.ts';
import { object, oneOf, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { namePrefix } from './namePrefix.ts';
import { streamInfo } from './streamInfo.ts';

/** Documented is 10,000; measured on AWS is 10 without MaxResults, and never more than 1,000. */
const DEFAULT_PAGE = 10;
const LARGEST_PAGE = 1000;

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
    const { streams, nextToken } = context.streams.list(context, {
      prefix: namePrefix('StreamNameCondition', input.StreamNameCondition),
      token: input.NextToken,
      limit: Math.min(input.MaxResults ?? DEFAULT_PAGE, LARGEST_PAGE),
    });
    return { NextToken: nextToken ?? null, StreamInfoList: streams.map(streamInfo) };
  },
});
