import { streamRef, streamStorageConfiguration, version } from '../../protocol/commonShapes.ts';
import { required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const updateStreamStorageConfiguration = jsonOperation({
  name: 'UpdateStreamStorageConfiguration',
  plane: 'control',
  path: '/updateStreamStorageConfiguration',
  actsOn: 'stream',
  kind: 'json',
  input: structure({
    ...streamRef,
    CurrentVersion: required(version),
    StreamStorageConfiguration: required(streamStorageConfiguration),
  }),
  handle(context, input, stream) {
    context.streams.setStorageTier(stream, input.CurrentVersion, input.StreamStorageConfiguration.DefaultStorageTier);
  },
});
