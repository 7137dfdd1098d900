import { resourceTags, streamRef } from '../../protocol/commonShapes.ts';
import { required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { requireStreamArn } from './requireStreamArn.ts';
import { checkShardsTag } from './shardsTag.ts';

export const tagStream = jsonOperation({
  name: 'TagStream',
  plane: 'control',
  path: '/tagStream',
  actsOn: 'stream',
  kind: 'json',
  input: structure({ ...streamRef, Tags: required(resourceTags) }),
  check: requireStreamArn,
  handle(context, input, stream) {
    context.streams.tag(stream, input.Tags);
    checkShardsTag(context, input.Tags);
  },
});
