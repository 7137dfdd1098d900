import { configurationStatus, destinationUri, imageForm } from './commonShapes.ts';
import { integer, object, oneOf, required, string } from './shapes.ts';

export const imageGenerationConfiguration = object({
  Status: required(configurationStatus),
  ImageSelectorType: required(oneOf('SERVER_TIMESTAMP', 'PRODUCER_TIMESTAMP')),
  DestinationConfig: required(
    object({
      Uri: required(destinationUri),
      DestinationRegion: required(string({ min: 9, max: 14, pattern: '^[a-z]+(-[a-z]+)?-[a-z]+-[0-9]$' })),
    }),
  ),
  SamplingInterval: required(integer()),
  ...imageForm,
});
