import { resourceArn } from '../../protocol/commonShapes.ts';
import { webSocketUrl } from '../../protocol/endpoints.ts';
import { serviceError } from '../../protocol/errors.ts';
import { list, object, oneOf, required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const getSignalingChannelEndpoint = jsonOperation({
  name: 'GetSignalingChannelEndpoint',
  plane: 'control',
  path: '/getSignalingChannelEndpoint',
  actsOn: 'channel',
  kind: 'json',
  input: structure({
    ChannelARN: required(resourceArn),
    SingleMasterChannelEndpointConfiguration: object({
      Protocols: list(oneOf('WSS', 'HTTPS', 'WEBRTC'), { min: 1, max: 5 }),
      Role: oneOf('MASTER', 'VIEWER'),
    }),
  }),
  handle(context, input, channel) {
    const { name, status } = channel.record;
    const { Protocols: protocols, Role: role } = input.SingleMasterChannelEndpointConfiguration ?? {};
    if (protocols === undefined || role === undefined) {
      throw serviceError('invalidArgument', 'SingleMasterChannelEndpointConfiguration needs both Protocols and Role.');
    }
    if (protocols.includes('WEBRTC') && channel.record.storageStreamArn === null) {
      throw serviceError('invalidArgument', 'MediaStorageConfiguration is required for WEBRTC protocol');
    }
    if (status === 'CREATING' || status === 'DELETING') throw serviceError('notActive', 'channel', name, status);
    context.signaling.noteEndpoints(channel);
    const address = (protocol: (typeof protocols)[number]): string => {
      if (protocol === 'WSS') return webSocketUrl(context.dataEndpoint(role, channel.record.arn));
      return context.dataEndpoint(protocol === 'HTTPS' ? 'signaling' : 'webrtcStorage', channel.record.arn);
    };
    // In the one captured answer HTTPS comes before WSS, though asked for the other way round.
    const wanted = [...new Set(protocols)].sort();
    return {
      ResourceEndpointList: wanted.map((protocol) => ({
        Protocol: protocol,
        ResourceEndpoint: address(protocol),
      })),
    };
  },
});
