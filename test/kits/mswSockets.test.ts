// Masters and viewers of signaling at AWS's own names, by the global WebSocket that msw takes.
import {
  CreateSignalingChannelCommand,
  GetSignalingChannelEndpointCommand,
  KinesisVideoClient,
} from '@aws-sdk/client-kinesis-video';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket as PackagedWebSocket } from 'ws';
import { createOfflineEmulator, kinesisVideoHandlers } from '../../src/kits/msw.ts';
import { haveGlobalWebSocket } from '../support/globalWebSocket.ts';
import { asJavaScript } from '../support/presign.ts';

haveGlobalWebSocket();
const emulator = createOfflineEmulator({ auth: 'sigv4', randomSeed: 1, logLevel: 'silent' });
const server = setupServer(...kinesisVideoHandlers(emulator));
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => emulator.reset());
afterAll(() => {
  server.close();
  emulator.stop();
});

const region = 'eu-west-1';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const kvs = new KinesisVideoClient({ region, credentials, maxAttempts: 1 });

/** A channel, and the signed addresses of its places. */
async function channel() {
  const { ChannelARN } = await kvs.send(new CreateSignalingChannelCommand({ ChannelName: 'front' }));
  const arn = String(ChannelARN);
  const endpoint = async (Role: 'MASTER' | 'VIEWER') => {
    const SingleMasterChannelEndpointConfiguration = { Protocols: ['WSS' as const], Role };
    const asked = new GetSignalingChannelEndpointCommand({ ChannelARN: arn, SingleMasterChannelEndpointConfiguration });
    return String((await kvs.send(asked)).ResourceEndpointList?.[0]?.ResourceEndpoint);
  };
  const url = async (clientId?: string, more: object = {}) =>
    asJavaScript({
      endpoint: await endpoint(clientId === undefined ? 'MASTER' : 'VIEWER'),
      ...{ arn, clientId, region, ...more },
    });
  return { arn, endpoint, url };
}

/** What happens to a socket, in order. */
function open(url: string) {
  const socket = new WebSocket(url);
  onTestFinished(() => socket.close());
  const seen: string[] = [];
  let wake = (): void => undefined;
  const note = (text: string): void => {
    seen.push(text);
    wake();
  };
  socket.addEventListener('open', () => note('open'));
  socket.addEventListener('error', () => note('error'));
  socket.addEventListener('message', ({ data }) => note(String(data)));
  socket.addEventListener('close', ({ code, reason }) => note(`close ${code} ${reason}`.trim()));
  /** Resolves when so much has happened. */
  const after = async (count: number): Promise<readonly string[]> => {
    while (seen.length < count) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return seen;
  };
  return { socket, after, send: (message: object) => socket.send(JSON.stringify(message)) };
}

const payload = (text: string): string => Buffer.from(text).toString('base64');

describe('handlers for msw', () => {
  it('have a master and a viewer meet at the names that are handed out', async () => {
    const { endpoint, url } = await channel();
    expect(await endpoint('MASTER')).toMatch(/^wss:\/\/m-[0-9a-f]{8}\.kinesisvideo\.eu-west-1\.amazonaws\.com$/);
    expect(await endpoint('VIEWER')).toMatch(/^wss:\/\/v-[0-9a-f]{8}\.kinesisvideo\.eu-west-1\.amazonaws\.com$/);
    const viewer = open(await url('v1'));
    await viewer.after(1);
    viewer.send({ action: 'SDP_OFFER', messagePayload: payload('early') });
    const master = open(await url());
    // What waited for the master comes when it is there.
    expect(JSON.parse((await master.after(2))[1] ?? '')).toEqual({
      messageType: 'SDP_OFFER',
      messagePayload: payload('early'),
      senderClientId: 'v1',
    });
    master.send({ action: 'SDP_ANSWER', messagePayload: payload('answer'), recipientClientId: 'v1' });
    expect(JSON.parse((await viewer.after(2))[1] ?? '')).toMatchObject({
      messageType: 'SDP_ANSWER',
      messagePayload: payload('answer'),
    });
    viewer.socket.close(1000, 'done');
    expect((await viewer.after(3))[2]).toBe('close 1000 done');
    const seen = emulator.requests.list({ channel: 'front' }).map(({ operation, status }) => `${operation} ${status}`);
    expect(seen.filter((one) => !one.includes('Endpoint'))).toEqual([
      'CreateSignalingChannel 200',
      'ConnectAsViewer 101',
      'SDP_OFFER 200',
      'ConnectAsMaster 101',
      'SDP_ANSWER 200',
    ]);
    expect(emulator.requests.list({ operation: 'ConnectAsViewer' })[0]?.ms).not.toBeNull();
  });

  it.each([
    [
      'a signature by another secret',
      403,
      async ({ url }: Awaited<ReturnType<typeof channel>>) => url(undefined, { secret: 'other' }),
    ],
    [
      'a channel that is not there',
      404,
      async ({ url, arn }: Awaited<ReturnType<typeof channel>>) =>
        url(undefined, { arn: arn.replace('/front/', '/other/') }),
    ],
  ])('refuse %s before it is open', async (_, status, address) => {
    const { after } = open(await address(await channel()));
    expect(await after(2)).toEqual(['error', 'close 1006']);
    expect(emulator.requests.list().at(-1)?.status).toBe(status);
  });

  it('end a connection by the rules of the service: messages too long, the end of the emulator', async () => {
    const { url } = await channel();
    const master = open(await url());
    await master.after(1);
    master.socket.send('x'.repeat(128 * 1024 + 1));
    expect((await master.after(2))[1]).toBe('close 1009');

    const other = createOfflineEmulator({ logLevel: 'silent' });
    server.use(...kinesisVideoHandlers(other));
    onTestFinished(() => server.resetHandlers());
    const viewer = open(await (await channel()).url('v1'));
    await viewer.after(1);
    other.stop();
    expect((await viewer.after(2))[1]).toBe('close 1001 Going away');
    const late = open(viewer.socket.url);
    expect(await late.after(2)).toEqual(['error', 'close 1006']);
  });

  it('tell a WebSocket that is not the global one that it cannot be had', async () => {
    const { url } = await channel();
    const socket = new PackagedWebSocket(await url());
    const error = await new Promise<Error>((resolve) => socket.on('error', resolve));
    expect(error.message).toBe('Unexpected server response: 501');
  });
});
