import { resourceArn, tagKeyList } from '../../protocol/commonShapes.ts';
import { required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { taggedResource } from './taggedResource.ts';

export const untagResource = jsonOperation({
  name: 'UntagResource',
  plane: 'control',
  path: '/UntagResource',
  actsOn: 'resource',
  kind: 'json',
  input: structure({ ResourceARN: required(resourceArn), TagKeyList: required(tagKeyList) }),
  handle(context, input, resource) {
    taggedResource(context, resource).untag(input.TagKeyList);
  },
});
