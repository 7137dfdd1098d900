import { streamRef } from '../../protocol/commonShapes.ts';
import { notificationConfiguration } from '../../protocol/notificationConfiguration.ts';
import { structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const updateNotificationConfiguration = jsonOperation({
  name: 'UpdateNotificationConfiguration',
  plane: 'control',
  path: '/updateNotificationConfiguration',
  actsOn: 'stream',
  kind: 'json',
  input: structure({ ...streamRef, NotificationConfiguration: notificationConfiguration }),
  handle(context, input, stream) {
    context.streams.setNotification(stream, input.NotificationConfiguration);
  },
});
