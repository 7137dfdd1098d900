import { resourceArn, singleMasterConfiguration, version } from '../../protocol/commonShapes.ts';
import { serviceError } from '../../protocol/errors.ts';
import { required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const updateSignalingChannel = jsonOperation({
  name: 'UpdateSignalingChannel',
  plane: 'control',
  path: '/updateSignalingChannel',
  actsOn: 'channel',
  kind: 'json',
  input: structure({
    ChannelARN: required(resourceArn),
    CurrentVersion: required(version),
    SingleMasterConfiguration: singleMasterConfiguration,
  }),
  handle(context, input, channel) {
    const ttl = input.SingleMasterConfiguration?.MessageTtlSeconds;
    if (ttl === undefined) {
      throw serviceError(
        'invalidArgument',
        'A SINGLE_MASTER channel needs SingleMasterConfiguration.MessageTtlSeconds.',
      );
    }
    context.channels.update(channel, input.CurrentVersion, ttl);
  },
});
