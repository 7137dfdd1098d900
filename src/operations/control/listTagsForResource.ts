import { refuseToken } from '../../domain/resources/pageTokens.ts';
import { nextToken, resourceArn } from '../../protocol/commonShapes.ts';
import { required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const listTagsForResource = jsonOperation({
  name: 'ListTagsForResource',
  plane: 'control',
  path: '/ListTagsForResource',
  actsOn: 'resource',
  kind: 'json',
  input: structure({ NextToken: nextToken, ResourceARN: required(resourceArn) }),
  handle(_context, input, { record: { tags } }) {
    refuseToken(input.NextToken);
    return { NextToken: null, Tags: new Map(tags) };
  },
});
