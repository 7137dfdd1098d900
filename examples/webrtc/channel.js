// What the two pages have in common: the channel, its addresses, and a signaling client for it. Calls are not signed here,
// which the emulator takes and warns of; an application of yours calls through the AWS SDK.
/* global KVSWebRTC */

const asked = new URLSearchParams(location.search);
const endpoint = asked.get('endpoint') ?? 'http://localhost:4580';
const ChannelName = asked.get('channel') ?? 'front';
const region = 'us-east-1';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

async function call(base, path, input) {
  const response = await fetch(base + path, { method: 'POST', body: JSON.stringify(input) });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${answer.Message ?? answer.message}`);
  return answer;
}

async function channelArn() {
  const { ChannelInfoList } = await call(endpoint, '/listSignalingChannels', {
    ChannelNameCondition: { ComparisonOperator: 'BEGINS_WITH', ComparisonValue: ChannelName },
  });
  const known = ChannelInfoList.find((one) => one.ChannelName === ChannelName);
  return known?.ChannelARN ?? (await call(endpoint, '/createSignalingChannel', { ChannelName })).ChannelARN;
}

/** Over http the emulator's certificate need not be trusted: the signature is the same. */
const signer = {
  async getSignedURL(...args) {
    const url = await new KVSWebRTC.SigV4RequestSigner(region, credentials).getSignedURL(...args);
    return endpoint.startsWith('https:') ? url : url.replace(/^wss:/, 'ws:');
  },
};

/** A signaling client that is not open yet, and what a peer connection is made with. */
export async function openChannel(Role, clientId) {
  const ChannelARN = await channelArn();
  const { ResourceEndpointList } = await call(endpoint, '/getSignalingChannelEndpoint', {
    ChannelARN,
    SingleMasterChannelEndpointConfiguration: { Protocols: ['WSS', 'HTTPS'], Role },
  });
  const addresses = Object.fromEntries(ResourceEndpointList.map((one) => [one.Protocol, one.ResourceEndpoint]));
  const { IceServerList } = await call(addresses.HTTPS, '/v1/get-ice-server-config', { ChannelARN });
  const signaling = new KVSWebRTC.SignalingClient({
    channelARN: ChannelARN,
    channelEndpoint: addresses.WSS,
    role: KVSWebRTC.Role[Role],
    region,
    requestSigner: signer,
    ...(clientId === undefined ? {} : { clientId }),
  });
  signaling.on('statusResponse', (status) => say(JSON.stringify(status)));
  signaling.on('error', (error) => say(String(error.message ?? error)));
  const iceServers = IceServerList.map((one) => ({ urls: one.Uris, username: one.Username, credential: one.Password }));
  return { signaling, configuration: { iceServers, iceTransportPolicy: asked.get('policy') ?? 'all' } };
}

export function say(text) {
  document.getElementById('state').textContent = text;
}
