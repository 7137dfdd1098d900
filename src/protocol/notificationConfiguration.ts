import { configurationStatus, destinationUri } from './commonShapes.ts';
import { object, required } from './shapes.ts';

export const notificationConfiguration = object({
  Status: required(configurationStatus),
  DestinationConfig: required(object({ Uri: required(destinationUri) })),
});
