import { configurationStatus, resourceArn } from '../../protocol/commonShapes.ts';
import { serviceError } from '../../protocol/errors.ts';
import { object, required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const updateMediaStorageConfiguration = jsonOperation({
  name: 'UpdateMediaStorageConfiguration',
  plane: 'control',
  path: '/updateMediaStorageConfiguration',
  actsOn: 'channel',
  kind: 'json',
  leavesOut: 'The mapping is kept and shown on both sides; no WebRTC media are stored through it yet.',
  input: structure({
    ChannelARN: required(resourceArn),
    MediaStorageConfiguration: required(object({ StreamARN: resourceArn, Status: required(configurationStatus) })),
  }),
  handle(context, input, channel) {
    const { Status: status, StreamARN: arn } = input.MediaStorageConfiguration;
    if (status === 'DISABLED') return context.channels.disableStorage(channel);
    if (arn === undefined) throw serviceError('invalidArgument', 'StreamARN must be given to enable media storage.');
    return context.channels.enableStorage(channel, context.streams.resolve(context, { StreamARN: arn }));
  },
});
