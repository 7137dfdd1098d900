import { refuseToken } from '../../domain/resources/pageTokens.ts';
import { nextToken, streamRef } from '../../protocol/commonShapes.ts';
import { structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { requireStreamArn } from './requireStreamArn.ts';

export const listTagsForStream = jsonOperation({
  name: 'ListTagsForStream',
  plane: 'control',
  path: '/listTagsForStream',
  actsOn: 'stream',
  kind: 'json',
  input: structure({ NextToken: nextToken, ...streamRef }),
  check: requireStreamArn,
  handle(_context, input, { record }) {
    refuseToken(input.NextToken);
    return { NextToken: null, Tags: new Map(record.tags) };
  },
});
