import { configurationStatus, destinationUri } from '../../protocol/commonShapes.ts';
import { integer, map, object, oneOf, required, string } from '../../protocol/shapes.ts';

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
  Format: required(oneOf('JPEG', 'PNG')),
  FormatConfig: map(oneOf('JPEGQuality'), string({ min: 0, max: 256, pattern: '^[a-zA-Z_0-9]+' }), { min: 1, max: 1 }),
  WidthPixels: integer({ min: 1, max: 3840 }),
  HeightPixels: integer({ min: 1, max: 2160 }),
});
