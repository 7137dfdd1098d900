import type { Channel } from '../../domain/channels/channel.ts';
import { storageChannelArn, storageClientId } from '../../protocol/commonShapes.ts';
import { serviceError } from '../../protocol/errors.ts';
import { required, structure } from '../../protocol/shapes.ts';
import { type Context, jsonOperation } from '../operation.ts';

/** Until there are storage sessions, each channel is answered as by an account to which they are not offered. */
function join({ account }: Context, channel: Channel): never {
  if (channel.record.storageStreamArn === null) throw serviceError('storageDisabled');
  throw serviceError('storageNotOffered', account);
}

const common = {
  plane: 'webrtcStorage',
  actsOn: 'activeChannel',
  kind: 'json',
  leavesOut: 'There are no storage sessions yet: refused, with storage enabled and without it.',
} as const;

export const joinStorageSession = jsonOperation({
  ...common,
  name: 'JoinStorageSession',
  path: '/joinStorageSession',
  input: structure({ channelArn: required(storageChannelArn) }),
  handle: (context, _input, channel) => join(context, channel),
});

export const joinStorageSessionAsViewer = jsonOperation({
  ...common,
  name: 'JoinStorageSessionAsViewer',
  path: '/joinStorageSessionAsViewer',
  input: structure({ channelArn: required(storageChannelArn), clientId: required(storageClientId) }),
  handle: (context, _input, channel) => join(context, channel),
});
