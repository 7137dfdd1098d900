import { configurationStatus, destinationUri } from '../../protocol/commonShapes.ts';
import { object, required } from '../../protocol/shapes.ts';

export const notificationConfiguration = object({
  Status: required(configurationStatus),
  DestinationConfig: required(object({ Uri: required(destinationUri) })),
});
