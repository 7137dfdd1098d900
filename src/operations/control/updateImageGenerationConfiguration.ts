import { streamRef } from '../../protocol/commonShapes.ts';
import { imageGenerationConfiguration } from '../../protocol/imageGenerationConfiguration.ts';
import { structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const updateImageGenerationConfiguration = jsonOperation({
  name: 'UpdateImageGenerationConfiguration',
  plane: 'control',
  path: '/updateImageGenerationConfiguration',
  actsOn: 'stream',
  kind: 'json',
  input: structure({ ...streamRef, ImageGenerationConfiguration: imageGenerationConfiguration }),
  handle(context, input, stream) {
    context.streams.setImageGeneration(stream, input.ImageGenerationConfiguration);
  },
});
