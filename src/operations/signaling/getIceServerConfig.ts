import { clientId, resourceArn } from '../../protocol/commonShapes.ts';
import { RELAY_HOSTS, relayPassword, relayUris, relayUsername } from '../../protocol/iceServers.ts';
import { oneOf, required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

/** How long credentials for a relay are good. */
const TTL_SECONDS = 300;

export const getIceServerConfig = jsonOperation({
  name: 'GetIceServerConfig',
  plane: 'signaling',
  path: '/v1/get-ice-server-config',
  actsOn: 'activeChannel',
  kind: 'json',
  input: structure({
    ChannelARN: required(resourceArn),
    ClientId: clientId,
    Service: oneOf('TURN'),
    Username: clientId,
  }),
  handle(context, _input, channel) {
    const { arn } = channel.record;
    const expiresAt = context.now + TTL_SECONDS * 1000;
    const Username = relayUsername(arn, expiresAt);
    const ids = context.ids.of(arn, 'ice', context.requestId);
    const { relay, region } = context;
    if (relay === undefined) {
      const server = (host: string) => ({
        Password: relayPassword(ids.uuid()),
        Ttl: TTL_SECONDS,
        Uris: relayUris(host, { arn, region }),
        Username,
      });
      return { IceServerList: RELAY_HOSTS.map(server) };
    }
    const Password = relay.grant(Username, expiresAt);
    const server = { Password, Ttl: TTL_SECONDS, Uris: [relay.uri(new URL(context.baseUrl).hostname)], Username };
    return { IceServerList: [server, server] };
  },
});
