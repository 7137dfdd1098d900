// The recipe for clients that dial port 443 alone, by the service's own name: the WebRTC SDK in C. curl asks what it asks.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect as connectTls } from 'node:tls';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { startEmulator } from '../support/emulator.ts';
import { asC } from '../support/presign.ts';
import { describeWith, output, scratchFolder } from '../support/programs.ts';
import { offer } from '../support/signaling.ts';

const NAME = 'kinesisvideo.us-west-2.amazonaws.com';
const AGENT = 'AWS-WEBRTC-KVS-AGENT/1.10.2 GCC/12.2.0 Linux/6.1 x86_64';

describeWith(['curl'], 'a client that dials port 443 alone', () => {
  it('makes a channel, asks for its addresses and servers, and meets a viewer, all by the name of the service', async () => {
    const emulator = await startEmulator({ auth: 'sigv4' });
    const file = `${scratchFolder()}/ca.pem`;
    const ca = await emulator.ca();
    writeFileSync(file, ca);
    const args = [
      // As a hosts entry and a port 443 that leads here.
      ...['--connect-to', `${NAME}:443:127.0.0.1:${emulator.port}`, '--cacert', file, '-sS', '-A', AGENT],
      ...['--aws-sigv4', 'aws:amz:us-west-2:kinesisvideo', '-u', 'test:test', '-H', 'content-type: application/json'],
    ];
    const ask = async (base: string, path: string, input: object) =>
      JSON.parse(String(await output('curl', [...args, '-d', JSON.stringify(input), base + path])));
    const control = `https://${NAME}`;
    expect(await ask(control, '/describeSignalingChannel', { ChannelName: 'front' })).toEqual({
      Message: 'The requested channel is not found or not active.',
    });
    const { ChannelARN: arn } = await ask(control, '/createSignalingChannel', { ChannelName: 'front' });
    const configuration = { Protocols: ['WSS', 'HTTPS'], Role: 'MASTER' };
    const input = { ChannelARN: arn, SingleMasterChannelEndpointConfiguration: configuration };
    const { ResourceEndpointList: endpoints } = await ask(control, '/getSignalingChannelEndpoint', input);
    // Neither a port nor a slash behind the name: it appends to them, and refuses a port.
    expect(endpoints).toEqual([
      { Protocol: 'HTTPS', ResourceEndpoint: `https://${NAME}` },
      { Protocol: 'WSS', ResourceEndpoint: `wss://${NAME}` },
    ]);
    const asked = { ChannelARN: arn, ClientId: 'ProducerMaster', Service: 'TURN' };
    const { IceServerList } = await ask(endpoints[0].ResourceEndpoint, '/v1/get-ice-server-config', asked);
    expect(IceServerList).toHaveLength(2);

    const open = async (clientId?: string): Promise<WebSocket> => {
      const url = asC({ endpoint: endpoints[1].ResourceEndpoint, arn, clientId, region: 'us-west-2' });
      const socket = new WebSocket(url, {
        createConnection: () =>
          connectTls({ host: '127.0.0.1', port: emulator.port, servername: NAME, ca, ALPNProtocols: ['http/1.1'] }),
      });
      onTestFinished(() => socket.terminate());
      await once(socket, 'open');
      return socket;
    };
    const [master, viewer] = [await open(), await open('v1')];
    viewer.send(JSON.stringify(offer('b2Zm')));
    const [text] = await once(master, 'message');
    expect(String(text)).toBe('{"messagePayload":"b2Zm","messageType":"SDP_OFFER","senderClientId":"v1"}');
    expect(emulator.requests.list().map(({ operation, region, status }) => `${operation} ${region} ${status}`)).toEqual(
      [
        'DescribeSignalingChannel us-west-2 404',
        'CreateSignalingChannel us-west-2 200',
        'GetSignalingChannelEndpoint us-west-2 200',
        'GetIceServerConfig us-west-2 200',
        'ConnectAsMaster us-west-2 101',
        'ConnectAsViewer us-west-2 101',
        'SDP_OFFER us-west-2 200',
      ],
    );
  });
});
