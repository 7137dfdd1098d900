import { resourceArn, tag } from '../../protocol/commonShapes.ts';
import { list, required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { taggedResource } from './taggedResource.ts';
import { tagMap } from './tagMap.ts';

export const tagResource = jsonOperation({
  name: 'TagResource',
  plane: 'control',
  path: '/TagResource',
  actsOn: 'resource',
  kind: 'json',
  input: structure({ ResourceARN: required(resourceArn), Tags: required(list(tag, { min: 1, max: 50 })) }),
  handle(context, input, resource) {
    taggedResource(context, resource).tag(tagMap(input.Tags));
  },
});
