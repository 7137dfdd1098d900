import { socketOperation } from '../operation.ts';
import { checkArn, connect, connecting } from './connect.ts';

export const connectAsMaster = socketOperation({
  ...connecting,
  name: 'ConnectAsMaster',
  check: (input) => checkArn(input['X-Amz-ChannelARN']),
  handle: (context, _input, channel) => connect(context, channel),
});
