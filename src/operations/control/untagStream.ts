import { streamRef, tagKeyList } from '../../protocol/commonShapes.ts';
import { required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { taggedStream } from './taggedStream.ts';

export const untagStream = jsonOperation({
  name: 'UntagStream',
  plane: 'control',
  path: '/untagStream',
  kind: 'json',
  input: structure({ ...streamRef, TagKeyList: required(tagKeyList) }),
  handle(context, input) {
    context.streams.untag(taggedStream(context, input), input.TagKeyList);
  },
});
