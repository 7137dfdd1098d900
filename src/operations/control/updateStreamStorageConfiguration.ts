import { streamRef, streamStorageConfiguration, version } from '../../protocol/commonShapes.ts';
import { required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const updateStreamStorageConfiguration = jsonOperation({
  name: 'UpdateStreamStorageConfiguration',
  plane: 'control',
  path: '/updateStreamStorageConfiguration',
  kind: 'json',
  input: structure({
    ...streamRef,
    CurrentVersion: required(version),
    StreamStorageConfiguration: required(streamStorageConfiguration),
  }),
  handle(context, input) {
    const stream = context.streams.resolve(context, input);
    context.streams.setStorageTier(stream, input.CurrentVersion, input.StreamStorageConfiguration.DefaultStorageTier);
  },
});
