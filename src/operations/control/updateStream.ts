import { deviceName, mediaType, streamRef, version } from '../../protocol/commonShapes.ts';
import { required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const updateStream = jsonOperation({
  name: 'UpdateStream',
  plane: 'control',
  path: '/updateStream',
  actsOn: 'stream',
  kind: 'json',
  input: structure({
    ...streamRef,
    CurrentVersion: required(version),
    DeviceName: deviceName,
    MediaType: mediaType,
  }),
  handle(context, input, stream) {
    context.streams.update(stream, input.CurrentVersion, {
      deviceName: input.DeviceName,
      mediaType: input.MediaType,
    });
  },
});
