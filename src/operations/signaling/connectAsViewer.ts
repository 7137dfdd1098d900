import { labelOf } from '../../protocol/planes.ts';
import { socketOperation } from '../operation.ts';
import { checkArn, checkClientId, connect, connecting } from './connect.ts';

export const connectAsViewer = socketOperation({
  ...connecting,
  name: 'ConnectAsViewer',
  // A viewer always says who it is, a master never does. The viewers' endpoint is told apart only where there is one.
  means: ({ query, endpoint = '' }) =>
    endpoint.startsWith(`${labelOf('VIEWER')}-`) || new URLSearchParams(query).has('X-Amz-ClientId'),
  check(input) {
    checkArn(input['X-Amz-ChannelARN']);
    checkClientId(input['X-Amz-ClientId']);
  },
  handle: (context, input, channel) => connect(context, channel, input['X-Amz-ClientId']),
});
