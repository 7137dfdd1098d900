import { refuseToken } from '../../domain/resources/pageTokens.ts';
import { nextToken, streamRef } from '../../protocol/commonShapes.ts';
import { structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { taggedStream } from './taggedStream.ts';

export const listTagsForStream = jsonOperation({
  name: 'ListTagsForStream',
  plane: 'control',
  path: '/listTagsForStream',
  kind: 'json',
  input: structure({ NextToken: nextToken, ...streamRef }),
  handle(context, input) {
    const { record } = taggedStream(context, input);
    refuseToken(input.NextToken);
    return { NextToken: null, Tags: record.tags };
  },
});
