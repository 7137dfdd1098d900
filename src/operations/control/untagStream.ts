import { streamRef, tagKeyList } from '../../protocol/commonShapes.ts';
import { required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { requireStreamArn } from './requireStreamArn.ts';

export const untagStream = jsonOperation({
  name: 'UntagStream',
  plane: 'control',
  path: '/untagStream',
  actsOn: 'stream',
  kind: 'json',
  input: structure({ ...streamRef, TagKeyList: required(tagKeyList) }),
  check: requireStreamArn,
  handle(context, input, stream) {
    context.streams.untag(stream, input.TagKeyList);
  },
});
