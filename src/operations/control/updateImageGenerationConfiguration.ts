import { streamRef } from '../../protocol/commonShapes.ts';
import { structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { imageGenerationConfiguration } from './imageGenerationConfiguration.ts';

export const updateImageGenerationConfiguration = jsonOperation({
  name: 'UpdateImageGenerationConfiguration',
  plane: 'control',
  path: '/updateImageGenerationConfiguration',
  actsOn: 'stream',
  kind: 'json',
  leavesOut: 'The configuration is checked and kept; no images are written to S3.',
  input: structure({ ...streamRef, ImageGenerationConfiguration: imageGenerationConfiguration }),
  handle(context, input, stream) {
    context.streams.setImageGeneration(stream, input.ImageGenerationConfiguration);
  },
});
