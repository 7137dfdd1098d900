// Unmodified WebRTC clients of KVS: they meet through the emulator, in Node and in Chromium.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  CreateSignalingChannelCommand,
  GetSignalingChannelEndpointCommand,
  KinesisVideoClient,
} from '@aws-sdk/client-kinesis-video';
import { setupServer } from 'msw/node';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { EmulatorOptions } from '../../src/index.ts';
import { createOfflineEmulator, kinesisVideoHandlers } from '../../src/kits/msw.ts';
import { isSignedWith } from '../support/presign.ts';
import { describeWith, output, run, scratchFolder } from '../support/programs.ts';
import { startSignaling } from '../support/signalingClient.ts';
import { playwright } from './playerPage.ts';
import { browserBundle, packaged, serveFolder } from './webrtcPackages.ts';

const CHROMIUM = '/usr/bin/chromium';
const kvs = packaged('amazon-kinesis-video-streams-webrtc');
const sdk = packaged('@aws-sdk/client-kinesis-video-signaling');
const browsers = await playwright();
const missing = [
  ...(kvs && sdk && browserBundle() ? [] : ['the packages of test/webrtc (npm ci --prefix test/webrtc)']),
  ...(browsers ? [] : ['playwright-core (npm ci --prefix test/players)']),
  ...(spawnSync(CHROMIUM, ['--version']).status === 0 ? [] : ['chromium']),
];
if (missing.length > 0) {
  const text = `webrtc: ${missing.join(', ')} not installed`;
  if (process.env.KVS_REQUIRE_CLIENTS === '1') throw new Error(text);
  process.stderr.write(`skipped: ${text}\n`);
}

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const region = 'us-east-1';

/** The library in Node, over TLS, as its README has it: with `ws` as the global WebSocket. */
async function inNode() {
  const started = await startSignaling();
  const ca = await started.emulator.ca();
  const urls: string[] = [];
  const before = globalThis.WebSocket;
  class Trusting extends WebSocket {
    constructor(url: string) {
      urls.push(url);
      super(url, { ca });
    }
  }
  Object.assign(globalThis, { WebSocket: Trusting });
  onTestFinished(() => void Object.assign(globalThis, { WebSocket: before }));
  const client = async (clientId?: string, more: object = {}) => {
    const role = clientId === undefined ? 'MASTER' : 'VIEWER';
    const channelEndpoint = (await started.endpoint(role)).replace('127.0.0.1', 'localhost');
    const made = new kvs.SignalingClient({
      ...{ channelARN: started.arn, channelEndpoint, role, region, credentials },
      ...(clientId === undefined ? {} : { clientId }),
      ...more,
    });
    onTestFinished(() => made.close());
    made.open();
    await once(made, 'open');
    return made;
  };
  return { ...started, client, urls };
}

const sdp = (type: 'offer' | 'answer') => ({ type, sdp: `v=0\r\ns=${'x'.repeat(6000)}\r\n` });

describe.skipIf(missing.length > 0)('the library for JavaScript, in Node', () => {
  it('takes offer, answer and candidates between a viewer and the master', async () => {
    const { client, urls } = await inNode();
    const [master, viewer] = [await client(), await client('v1')];
    const offered = once(master, 'sdpOffer');
    viewer.sendSdpOffer(sdp('offer'));
    viewer.sendIceCandidate({ candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 });
    expect(await offered).toEqual([sdp('offer'), 'v1']);
    const [candidate, from] = await once(master, 'iceCandidate');
    expect([candidate.candidate, from]).toEqual(['candidate:1', 'v1']);
    const answered = once(viewer, 'sdpAnswer');
    master.sendSdpAnswer(sdp('answer'), 'v1', 'c-1');
    expect((await answered)[0]).toEqual(sdp('answer'));
    for (const url of urls) {
      const { host, pathname, search } = new URL(url.replace(/^wss/, 'https'));
      const parts = { host, path: pathname, query: search.slice(1) };
      expect(isSignedWith('test', parts)).toBe(true);
      expect(isSignedWith('other', parts)).toBe(false);
    }
  });

  it('hears of a message that has failed, and of the end', async () => {
    const { client, emulator } = await inNode();
    const master = await client();
    const failed = once(master, 'statusResponse');
    master.sendSdpAnswer(sdp('answer'), undefined, 'c-1');
    expect((await failed)[0]).toMatchObject({
      correlationId: 'c-1',
      errorType: 'InvalidArgumentException',
      success: false,
    });
    const closed = once(master, 'close');
    await emulator.stop();
    await closed;
  });

  it('and the SDK ask for servers, and send an offer as a device of another kind does', async () => {
    const { client, arn, endpoint } = await inNode();
    const http = new sdk.KinesisVideoSignalingClient({
      region,
      credentials,
      endpoint: await endpoint('MASTER', 'HTTPS'),
    });
    const { IceServerList } = await http.send(new sdk.GetIceServerConfigCommand({ ChannelARN: arn }));
    expect(IceServerList.map(({ Uris, Ttl }: { Uris: string[]; Ttl: number }) => [Uris.length, Ttl])).toEqual([
      [3, 300],
      [3, 300],
    ]);
    const master = await client();
    master.on('sdpOffer', (_offer: unknown, from: string) => master.sendSdpAnswer(sdp('answer'), from));
    const MessagePayload = Buffer.from(JSON.stringify(sdp('offer'))).toString('base64');
    const sent = new sdk.SendAlexaOfferToMasterCommand({ ChannelARN: arn, SenderClientId: 'echo', MessagePayload });
    const { Answer } = await http.send(sent);
    expect(JSON.parse(Buffer.from(Answer, 'base64').toString())).toEqual(sdp('answer'));
  });

  it('meets through msw at the names of AWS, with no endpoint and no socket', async () => {
    const emulator = createOfflineEmulator({ auth: 'sigv4', logLevel: 'silent' });
    const before = globalThis.WebSocket;
    if (before === undefined) Object.assign(globalThis, { WebSocket });
    const server = setupServer(...kinesisVideoHandlers(emulator));
    server.listen({ onUnhandledRequest: 'error' });
    onTestFinished(() => {
      server.close();
      emulator.stop();
      Object.assign(globalThis, { WebSocket: before });
    });
    const control = new KinesisVideoClient({ region, credentials });
    const { ChannelARN } = await control.send(new CreateSignalingChannelCommand({ ChannelName: 'front' }));
    const client = async (role: 'MASTER' | 'VIEWER', clientId?: string) => {
      const SingleMasterChannelEndpointConfiguration = { Protocols: ['WSS' as const, 'HTTPS' as const], Role: role };
      const asked = { ChannelARN, SingleMasterChannelEndpointConfiguration };
      const { ResourceEndpointList = [] } = await control.send(new GetSignalingChannelEndpointCommand(asked));
      const [https, wss] = ResourceEndpointList.map(({ ResourceEndpoint }) => ResourceEndpoint);
      const http = new sdk.KinesisVideoSignalingClient({ region, credentials, endpoint: https });
      const { IceServerList } = await http.send(new sdk.GetIceServerConfigCommand({ ChannelARN }));
      expect(IceServerList.length).toBeGreaterThan(0);
      const made = new kvs.SignalingClient({
        ...{ channelARN: ChannelARN, channelEndpoint: wss, role, region, credentials, clientId },
      });
      onTestFinished(() => made.close());
      made.open();
      await once(made, 'open');
      return made;
    };
    const master = await client('MASTER');
    const viewer = await client('VIEWER', 'v1');
    const offered = once(master, 'sdpOffer');
    viewer.sendSdpOffer(sdp('offer'));
    expect(await offered).toEqual([sdp('offer'), 'v1']);
    const answered = once(viewer, 'sdpAnswer');
    master.sendSdpAnswer(sdp('answer'), 'v1');
    expect((await answered)[0]).toEqual(sdp('answer'));
  });
});

/** What the viewer's page has seen. */
const LOOK = `(() => {
  const video = document.getElementById('video');
  return { frames: video.getVideoPlaybackQuality().totalVideoFrames, width: video.videoWidth, state: document.getElementById('state').textContent };
})()`;

async function inChromium(options: EmulatorOptions, scheme: 'http' | 'https', policy = 'all') {
  const started = await startSignaling(options);
  const { emulator } = started;
  const origin = await serveFolder('examples/webrtc');
  const browser = await browsers.chromium.launch({
    executablePath: CHROMIUM,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
      ...['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', '--ignore-certificate-errors'],
      ...['--autoplay-policy=no-user-gesture-required', '--disable-features=WebRtcHideLocalIpsWithMdns'],
    ],
  });
  onTestFinished(() => browser.close());
  const context = await browser.newContext();
  await context.route('https://unpkg.com/**', (route: { fulfill(with_: object): unknown }) =>
    route.fulfill({ path: browserBundle(), contentType: 'text/javascript' }),
  );
  const endpoint = encodeURIComponent(`${scheme}://localhost:${emulator.port}`);
  return {
    ...started,
    async open(name: 'master' | 'viewer') {
      const page = await context.newPage();
      await page.goto(`${origin}/${name}.html?endpoint=${endpoint}&channel=front&policy=${policy}`);
      return page;
    },
  };
}

describe.skipIf(missing.length > 0)('the example pages, in Chromium', () => {
  it.each([
    ['http', 'all', {}],
    ['https', 'all', {}],
    ['http', 'relay', { turn: true, turnPorts: '49260-49280' }],
  ] as const)('show the camera of the master to a viewer, over %s and by %s', async (scheme, policy, options) => {
    const { emulator, open } = await inChromium(options, scheme, policy);
    const master = await open('master');
    await master.waitForFunction(`document.getElementById('state').textContent === 'Waiting for viewers'`);
    const viewer = await open('viewer');
    await viewer.waitForFunction(`${LOOK}.frames > 30`, undefined, { timeout: 20_000 }).catch(async () => {
      const journal = emulator.requests
        .list()
        .map(({ operation, status, error }) => [operation, status, error].join(' '));
      throw new Error(JSON.stringify([await viewer.evaluate(LOOK), await master.evaluate(LOOK), journal]));
    });
    expect(await viewer.evaluate(LOOK)).toMatchObject({ state: 'connected' });
    if (process.env.KVS_SCREENSHOTS) {
      await viewer.screenshot({ path: `${process.env.KVS_SCREENSHOTS}/webrtc-${scheme}-${policy}.png` });
    }
    const types = emulator.requests.list({ channel: 'front' }).map(({ operation }) => operation);
    expect(types).toEqual(
      expect.arrayContaining(['ConnectAsMaster', 'ConnectAsViewer', 'SDP_OFFER', 'SDP_ANSWER', 'ICE_CANDIDATE']),
    );
  });
});

const PION = fileURLToPath(new URL('../webrtc/pion/', import.meta.url));

describeWith(['go'], 'pion, in Go', () => {
  it.skipIf(missing.length > 0)('is sent the video of a master in Chromium', async () => {
    const program = `${scratchFolder()}/viewer`;
    await run('go', ['build', '-C', PION, '-o', program, '.']);
    const { open, url } = await inChromium({}, 'http');
    const master = await open('master');
    await master.waitForFunction(`document.getElementById('state').textContent === 'Waiting for viewers'`);
    const seen = JSON.parse((await output(program, [url('pion')])).toString());
    expect(seen).toMatchObject({ mimeType: expect.stringMatching(/^video\//), packets: 100 });
    expect(seen.bytes).toBeGreaterThan(10_000);
  });
});
