import { streamRef } from '../../protocol/commonShapes.ts';
import { filled } from '../../protocol/filled.ts';
import { notificationConfiguration } from '../../protocol/notificationConfiguration.ts';
import { structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const describeNotificationConfiguration = jsonOperation({
  name: 'DescribeNotificationConfiguration',
  plane: 'control',
  path: '/describeNotificationConfiguration',
  actsOn: 'stream',
  kind: 'json',
  input: structure(streamRef),
  handle(_context, _input, { record }) {
    return { NotificationConfiguration: filled(notificationConfiguration, record.notification) };
  },
});
