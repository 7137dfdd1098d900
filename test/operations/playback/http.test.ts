// A session's URLs as they are on the wire: anonymous GET and HEAD from any origin.
import { CreateStreamCommand, GetDataEndpointCommand } from '@aws-sdk/client-kinesis-video';
import { GetClipCommand, GetHLSStreamingSessionURLCommand } from '@aws-sdk/client-kinesis-video-archived-media';
import { expect, it } from 'vitest';
import { putMedia as sendMedia } from '../../../src/client/putMedia.ts';
import { startEmulator } from '../../support/emulator.ts';
import { fixture } from '../../support/fixtures.ts';
import { putMedia } from '../../support/putMedia.ts';
import { archivedClient, controlClient } from '../../support/sdk.ts';

async function start(options: object = {}) {
  const emulator = await startEmulator(options);
  const create = new CreateStreamCommand({ StreamName: 'cam', DataRetentionInHours: 1 });
  await controlClient({ endpoint: emulator.url }).send(create);
  const producerStart = String(emulator.clock.now() / 1000);
  await putMedia({ url: emulator.url, producerStart }, fixture('h264-aac-gop1s.mkv'));
  return emulator;
}
const hlsUrl = async (endpoint: string, options: object = {}) => {
  const command = new GetHLSStreamingSessionURLCommand({ StreamName: 'cam', ...options });
  return (await archivedClient({ endpoint }).send(command)).HLSStreamingSessionURL as string;
};

it('answers GET with the resource and its type, and HEAD with the same head', async () => {
  const emulator = await start();
  const url = await hlsUrl(emulator.url);
  const master = await fetch(url);
  expect([master.status, master.headers.get('content-type')]).toEqual([200, 'application/x-mpegURL']);
  const [, media] = (await master.text()).match(/\n(getHLSMediaPlaylist[^\n]+)/) ?? [];
  const playlist = await (await fetch(new URL(media as string, url))).text();
  const [, map] = /URI="([^"]+)"/.exec(playlist) ?? [];
  const [segment] = /^getMP4MediaFragment.*$/m.exec(playlist) ?? [];
  for (const part of [map, segment]) {
    const whole = await fetch(new URL(part as string, url));
    const bytes = await whole.arrayBuffer();
    expect([whole.status, whole.headers.get('content-type')]).toEqual([200, 'video/mp4']);
    expect(whole.headers.get('content-length')).toBe(String(bytes.byteLength));
    const head = await fetch(new URL(part as string, url), { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(bytes.byteLength)]);
    expect((await head.arrayBuffer()).byteLength).toBe(0);
  }
});

it('sends a playlist of many fragments whole, with its length', async () => {
  const emulator = await start();
  for (let second = 2000; second < 4000; second += 100) {
    await putMedia({ url: emulator.url, producerStart: String(second) }, fixture('h264-aac-gop1s.mkv'));
  }
  const TimestampRange = { StartTimestamp: new Date(2_000_000), EndTimestamp: new Date(8_000_000) };
  const HLSFragmentSelector = { FragmentSelectorType: 'PRODUCER_TIMESTAMP' as const, TimestampRange };
  const url = await hlsUrl(emulator.url, { PlaybackMode: 'ON_DEMAND', HLSFragmentSelector });
  const media = url.replace('Master', 'Media');
  const whole = await fetch(media);
  const text = await whole.text();
  expect(text.length).toBeGreaterThan(16_384);
  expect(text).toMatch(/^#EXTM3U\n[\s\S]*\n#EXT-X-ENDLIST\n$/);
  expect(text.match(/^getMP4MediaFragment/gm)?.length).toBe(text.match(/^#EXTINF/gm)?.length);
  const head = await fetch(media, { method: 'HEAD' });
  expect([whole, head].map(({ headers }) => headers.get('content-length'))).toEqual(Array(2).fill(`${text.length}`));
});

it('answers MPEG-TS as video/MP2T, with and without the ending of its name', async () => {
  const emulator = await start();
  const url = await hlsUrl(emulator.url, { ContainerFormat: 'MPEG_TS' });
  const { search } = new URL(url);
  const playlist = await (await fetch(new URL(`getHLSMediaPlaylist.m3u8${search}&TrackNumber=1`, url))).text();
  const [segment] = /^getTSFragment.*$/m.exec(playlist) ?? [];
  const one = await fetch(new URL(segment as string, url));
  const two = await fetch(new URL((segment as string).replace('.ts', ''), url));
  expect([one.headers.get('content-type'), two.headers.get('content-type')]).toEqual(['video/MP2T', 'video/MP2T']);
  const bytes = Buffer.from(await one.arrayBuffer());
  expect(bytes.equals(Buffer.from(await two.arrayBuffer()))).toBe(true);
  expect([bytes[0], bytes.length % 188]).toEqual([0x47, 0]);
});

it('lets pages of any origin read answers and errors', async () => {
  const emulator = await start();
  const url = await hlsUrl(emulator.url);
  const origin = { headers: { origin: 'https://example.com' } };
  const good = await fetch(url, origin);
  const bad = await fetch(url.replace(/~$/, 'x~'), origin);
  expect([good.status, bad.status]).toEqual([200, 403]);
  for (const { headers } of [good, bad]) {
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-expose-headers')).toContain('x-amzn-ErrorType');
  }
  expect(bad.headers.get('x-amzn-errortype')).toMatch(/^NotAuthorizedException:/);
  expect(bad.headers.get('content-type')).toBe('application/json');
  expect(Object.keys((await bad.json()) as object)).toEqual(['Message']);
});

it('answers 403 with the service’s words after expiry on the emulator’s clock', async () => {
  const emulator = await start({ clock: 'frozen' });
  const url = await hlsUrl(emulator.url, { Expires: 300 });
  expect((await fetch(url)).status).toBe(200);
  await emulator.clock.advance(300);
  const expired = await fetch(url);
  expect([expired.status, await expired.json()]).toEqual([403, { Message: 'Streaming session token is expired' }]);
});

it.each([
  ['getMP4InitFragment.mp4', 'TrackNumber=x', 400],
  ['getMP4InitFragment.mp4', 'TrackNumber=0', 400],
  ['getMP4InitFragment.mp4', 'TrackNumber=9', 404],
  ['getMP4InitFragment.mp4', 'SequenceNumber=12345', 404],
  ['getMP4MediaFragment.mp4', 'TrackNumber=1', 400],
  ['getMP4MediaFragment.mp4', 'FragmentNumber=1', 404],
  ['getMP4MediaFragment.mp4', 'FragmentNumber=x', 400],
])('answers %s?%s with %i and JSON', async (name, query, status) => {
  const emulator = await start();
  const url = await hlsUrl(emulator.url);
  const answer = await fetch(new URL(`${name}${new URL(url).search}&${query}`, url));
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.headers.get('x-amzn-errortype')).toMatch(/^(ResourceNotFound|Serialization|Validation)Exception:/);
});

it('asks for no signature even when strict, and leads back through the data endpoint', async () => {
  const emulator = await startEmulator({ strict: true });
  const control = controlClient({ endpoint: emulator.url });
  await control.send(new CreateStreamCommand({ StreamName: 'cam', DataRetentionInHours: 1 }));
  const endpointOf = async (APIName: 'PUT_MEDIA' | 'GET_HLS_STREAMING_SESSION_URL') =>
    (await control.send(new GetDataEndpointCommand({ StreamName: 'cam', APIName }))).DataEndpoint as string;
  const acks = sendMedia({
    endpoint: await endpointOf('PUT_MEDIA'),
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    streamName: 'cam',
    fragmentTimecodeType: 'RELATIVE',
    body: fixture('h264-aac-gop1s.mkv'),
  });
  for await (const _ of acks);
  const url = await hlsUrl(await endpointOf('GET_HLS_STREAMING_SESSION_URL'));
  expect(new URL(url).pathname).toMatch(/^\/b-[0-9a-f]{8}\/hls\/v1\/getHLSMasterPlaylist\.m3u8$/);
  const master = await fetch(url);
  expect(master.status).toBe(200);
  const [media] = (await master.text()).match(/^getHLSMediaPlaylist[^\n]+/m) ?? [];
  const playlist = await fetch(new URL(media as string, url));
  expect(playlist.status).toBe(200);
  const [segment] = (await playlist.text()).match(/^getMP4MediaFragment.*$/m) ?? [];
  expect((await fetch(new URL(segment as string, url))).status).toBe(200);
});

it('does not take POST there, nor GET for operations', async () => {
  const emulator = await start();
  const url = await hlsUrl(emulator.url);
  expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(404);
  expect((await fetch(`${emulator.url}/getClip`)).status).toBe(404);
});

it('hands out addresses of the scheme and host of the call', async () => {
  const emulator = await start();
  const client = archivedClient({ endpoint: emulator.httpsUrl, ca: await emulator.ca() });
  const { HLSStreamingSessionURL: url } = await client.send(
    new GetHLSStreamingSessionURLCommand({ StreamName: 'cam' }),
  );
  expect(url).toMatch(new RegExp(`^https://localhost:${emulator.port}/hls/v1/`));
});

it('streams a clip to the SDK', async () => {
  const emulator = await start();
  const now = emulator.clock.now();
  const range = { StartTimestamp: new Date(now - 60_000), EndTimestamp: new Date(now + 60_000) };
  const { Payload, ContentType } = await archivedClient({ endpoint: emulator.url }).send(
    new GetClipCommand({
      StreamName: 'cam',
      ClipFragmentSelector: { FragmentSelectorType: 'SERVER_TIMESTAMP', TimestampRange: range },
    }),
  );
  const bytes = await Payload?.transformToByteArray();
  expect(ContentType).toBe('video/mp4');
  expect(Buffer.from(bytes as Uint8Array).toString('latin1', 4, 8)).toBe('ftyp');
});
