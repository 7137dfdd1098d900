import type { RequestHandler, WebSocketHandler } from 'msw';
import type { Face } from '../../emulator/face.ts';
import { insideOf } from '../../inside.ts';
import { ServiceRequestHandler } from './requests.ts';
import { SignalingHandler, takesSockets } from './sockets.ts';

/**
 * Handlers for msw that serve the host names of Amazon Kinesis Video Streams (`kinesisvideo.us-east-1.amazonaws.com`, and those
 * that GetDataEndpoint, GetSignalingChannelEndpoint and session URLs lead to), of STS and of IoT's credentials provider from
 * an emulator in this process. Clients need no endpoint, only a region and any credentials, or a role to assume. Signaling
 * is served to the global WebSocket, by msw from 2.13 on.
 *
 * @param emulator of createOfflineEmulator, or one that listens as well, of createEmulator
 * @throws TypeError if it is neither
 */
export function kinesisVideoHandlers(emulator: Face): (RequestHandler | WebSocketHandler)[] {
  const inside = insideOf(emulator);
  if (inside === undefined) throw new TypeError('Give kinesisVideoHandlers what createOfflineEmulator() returned.');
  const requests = new ServiceRequestHandler(inside);
  return takesSockets ? [requests, new SignalingHandler(inside)] : [requests];
}
