import { resourceTags, streamRef } from '../../protocol/commonShapes.ts';
import { required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { taggedStream } from './taggedStream.ts';

export const tagStream = jsonOperation({
  name: 'TagStream',
  plane: 'control',
  path: '/tagStream',
  kind: 'json',
  input: structure({ ...streamRef, Tags: required(resourceTags) }),
  handle(context, input) {
    context.streams.tag(taggedStream(context, input), input.Tags);
  },
});
