import { streamRef } from '../../protocol/commonShapes.ts';
import { filled } from '../../protocol/filled.ts';
import { imageGenerationConfiguration } from '../../protocol/imageGenerationConfiguration.ts';
import { structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const describeImageGenerationConfiguration = jsonOperation({
  name: 'DescribeImageGenerationConfiguration',
  plane: 'control',
  path: '/describeImageGenerationConfiguration',
  actsOn: 'stream',
  kind: 'json',
  input: structure(streamRef),
  handle(_context, _input, { record }) {
    return { ImageGenerationConfiguration: filled(imageGenerationConfiguration, record.imageGeneration) };
  },
});
