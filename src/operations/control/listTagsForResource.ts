import { refuseToken } from '../../domain/resources/pageTokens.ts';
import { nextToken, resourceArn } from '../../protocol/commonShapes.ts';
import { required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { taggedResource } from './taggedResource.ts';

export const listTagsForResource = jsonOperation({
  name: 'ListTagsForResource',
  plane: 'control',
  path: '/ListTagsForResource',
  kind: 'json',
  input: structure({ NextToken: nextToken, ResourceARN: required(resourceArn) }),
  handle(context, input) {
    const { tags } = taggedResource(context, input.ResourceARN);
    refuseToken(input.NextToken);
    return { NextToken: null, Tags: tags };
  },
});
