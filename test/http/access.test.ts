// Who is let in under --auth sigv4, and what the others are told, by real clients.
import {
  CreateSignalingChannelCommand,
  CreateStreamCommand,
  DescribeStreamCommand,
  GetDataEndpointCommand,
  GetSignalingChannelEndpointCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-kinesis-video';
import { GetHLSStreamingSessionURLCommand, ListFragmentsCommand } from '@aws-sdk/client-kinesis-video-archived-media';
import { GetMediaCommand } from '@aws-sdk/client-kinesis-video-media';
import { describe, expect, it } from 'vitest';
import { call as clientCall } from '../../src/client/call.ts';
import { putMedia } from '../../src/client/putMedia.ts';
import { sha256Hex, signHeaders } from '../../src/protocol/sigv4/sign.ts';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import { asC, asJavaScript, asSdk } from '../support/presign.ts';
import { archivedClient, controlClient, mediaClient } from '../support/sdk.ts';
import { connect, refusedWith } from '../support/signalingClient.ts';

const KEY = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'a secret',
  principal: 'arn:aws:iam::123456789012:user/device-1',
};
const credentials = { accessKeyId: KEY.accessKeyId, secretAccessKey: KEY.secretAccessKey };
/** All that has come by now. */
const selector = () =>
  ({
    FragmentSelectorType: 'SERVER_TIMESTAMP',
    TimestampRange: { StartTimestamp: new Date(Date.now() - 60_000), EndTimestamp: new Date() },
  }) as const;
const body = fixture('h264-aac-gop1s.mkv');

const strict = () => startEmulator({ auth: 'sigv4' });

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function upload(endpoint: string, more: object = credentials) {
  const made = { credentials: more as typeof credentials, region: 'us-east-1', producerStartTimestamp: new Date() };
  return putMedia({ ...made, endpoint, streamName: 'cam', fragmentTimecodeType: 'RELATIVE', body: once(body) });
}

async function acksOf(acks: AsyncIterable<{ EventType: string }>): Promise<string[]> {
  const types: string[] = [];
  for await (const { EventType } of acks) types.push(EventType);
  return types;
}

/** A call as a client signs it, and with whatever is changed then. */
async function call(emulator: TestEmulator, changed: { path?: string; body?: string; headers?: object; key?: object }) {
  const text = '{"StreamName":"cam"}';
  const path = '/describeStream';
  const headers = signHeaders(
    { method: 'POST', path, headers: { host: new URL(emulator.url).host }, payloadHash: sha256Hex(text) },
    { credentials: { accessKeyId: 'test', secretAccessKey: 'test', ...changed.key }, region: 'us-east-1' },
  );
  const { host: _, ...sent } = { ...headers, ...changed.headers };
  const response = await fetch(emulator.url + (changed.path ?? path), {
    method: 'POST',
    headers: sent,
    body: changed.body ?? text,
  });
  const type = response.headers.get('x-amzn-errortype') ?? '';
  return { status: response.status, type, body: (await response.json()) as Record<string, unknown> };
}

describe('under --auth sigv4', () => {
  it.each(['http', 'https'])('the SDK and our client may do all on every plane, over %s', async (scheme) => {
    const emulator = await startEmulator({ auth: 'sigv4' });
    emulator.credentials.set({ accessKeys: [KEY] });
    const more = scheme === 'https' ? { ca: await emulator.ca() } : {};
    const endpoint = scheme === 'https' ? emulator.httpsUrl : emulator.url;
    const control = controlClient({ endpoint, ...credentials, ...more });
    const { StreamARN } = await control.send(new CreateStreamCommand({ StreamName: 'cam', DataRetentionInHours: 1 }));
    expect(StreamARN).toContain(':us-east-1:123456789012:stream/cam/');
    const where = async (APIName: 'PUT_MEDIA' | 'LIST_FRAGMENTS' | 'GET_MEDIA' | 'GET_HLS_STREAMING_SESSION_URL') =>
      (await control.send(new GetDataEndpointCommand({ StreamName: 'cam', APIName }))).DataEndpoint as string;
    const acks = putMedia({
      ...{ endpoint: await where('PUT_MEDIA'), region: 'us-east-1', credentials, ...more },
      ...{ streamName: 'cam', fragmentTimecodeType: 'RELATIVE', producerStartTimestamp: new Date(), body: once(body) },
    });
    expect((await acksOf(acks)).filter((type) => type === 'PERSISTED')).toHaveLength(4);
    const archived = archivedClient({ endpoint: await where('LIST_FRAGMENTS'), ...credentials, ...more });
    expect(
      (await archived.send(new ListFragmentsCommand({ StreamName: 'cam', FragmentSelector: selector() }))).Fragments,
    ).toHaveLength(4);
    const media = mediaClient({ endpoint: await where('GET_MEDIA'), ...credentials, ...more });
    const start = { StartSelectorType: 'EARLIEST' } as const;
    const { Payload } = await media.send(new GetMediaCommand({ StreamName: 'cam', StartSelector: start }));
    const stream = Payload as unknown as AsyncIterable<Uint8Array>;
    for await (const piece of stream) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    // A session's address is its own secret.
    const sessions = archivedClient({
      endpoint: await where('GET_HLS_STREAMING_SESSION_URL'),
      ...credentials,
      ...more,
    });
    const session = await sessions.send(
      new GetHLSStreamingSessionURLCommand({
        StreamName: 'cam',
        PlaybackMode: 'ON_DEMAND',
        HLSFragmentSelector: selector(),
      }),
    );
    if (scheme === 'http') expect((await fetch(session.HLSStreamingSessionURL as string)).status).toBe(200);
    const entries = emulator.requests.list({ account: '123456789012' });
    expect(entries.map(({ operation }) => operation)).toContain('PutMedia');
    expect(new Set(entries.map(({ principal }) => principal))).toEqual(new Set([KEY.principal]));
    expect(entries.flatMap(({ warnings }) => warnings)).toEqual([]);
  });

  it('without any access key, those of tests are known, and each is in its account', async () => {
    const emulator = await strict();
    const arnOf = async (accessKeyId: string, more = {}) =>
      (
        await controlClient({ endpoint: emulator.url, accessKeyId, ...more }).send(
          new CreateStreamCommand({ StreamName: 'cam' }),
        )
      ).StreamARN;
    expect(await arnOf('test')).toContain(':000000000000:');
    expect(await arnOf('123456789012', { sessionToken: 'any' })).toContain(':123456789012:');
    await expect(arnOf('AKID')).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
    await expect(arnOf('test', { secretAccessKey: 'tess' })).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
    emulator.credentials.set({ accessKeys: [KEY] });
    await expect(arnOf('test')).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  });

  it('says what is wrong in the form and the words of AWS, and in the journal', async () => {
    const emulator = await strict();
    await controlClient({ endpoint: emulator.url }).send(new CreateStreamCommand({ StreamName: 'cam' }));
    expect(await call(emulator, {})).toMatchObject({ status: 200 });
    const coral = 'http://internal.amazon.com/coral/com.amazon.coral.service/';
    expect(await call(emulator, { headers: { authorization: '' } })).toEqual({
      status: 403,
      type: `MissingAuthenticationTokenException:${coral}`,
      body: { message: 'Missing Authentication Token' },
    });
    expect(await call(emulator, { body: '{"StreamName":"cat"}' })).toMatchObject({
      type: `InvalidSignatureException:${coral}`,
      body: { message: expect.stringMatching(/^The request signature we calculated does not match/) },
    });
    expect(await call(emulator, { path: '/deleteStream' })).toMatchObject({ status: 403 });
    expect(await call(emulator, { key: { accessKeyId: 'AKID' } })).toMatchObject({
      type: `UnrecognizedClientException:${coral}`,
      body: { message: 'The security token included in the request is invalid.' },
    });
    const [known] = emulator.requests.list({ operation: 'DescribeStream', status: 200 });
    expect(known?.principal).toBe('arn:aws:iam::000000000000:user/test');
    const refused = emulator.requests.list({ stream: 'cam', status: 403 });
    expect(refused.map(({ error, principal }) => [error, principal])).toEqual([
      ['MissingAuthenticationTokenException', null],
      ['InvalidSignatureException', null],
      ['UnrecognizedClientException', null],
    ]);
  });

  it('PutMedia is refused before its body comes', async () => {
    const emulator = await strict();
    await controlClient({ endpoint: emulator.url }).send(new CreateStreamCommand({ StreamName: 'cam' }));
    const wrong = { accessKeyId: 'test', secretAccessKey: 'tess' };
    await expect(acksOf(upload(emulator.url, wrong))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      status: 403,
    });
  });

  it('with --strict nothing else is refused than without it', async () => {
    const emulator = await startEmulator({ auth: 'sigv4', strict: true });
    const control = controlClient({ endpoint: emulator.url });
    await control.send(new CreateStreamCommand({ StreamName: 'cam', DataRetentionInHours: 1 }));
    const media = { StreamName: 'cam', APIName: 'LIST_FRAGMENTS' } as const;
    const { DataEndpoint = '' } = await control.send(new GetDataEndpointCommand(media));
    const archived = archivedClient({ endpoint: DataEndpoint });
    expect(
      (await archived.send(new ListFragmentsCommand({ StreamName: 'cam', FragmentSelector: selector() }))).Fragments,
    ).toEqual([]);
  });
});

describe('a key that expires', () => {
  it('does so on the emulator’s clock, which lists it, and can be renewed', async () => {
    const emulator = await startEmulator({ auth: 'sigv4', clock: 'frozen', startTime: '2030-01-01T00:00:00Z' });
    emulator.credentials.set({
      accessKeys: [{ ...KEY, sessionToken: 'tok', expiresAt: '2030-01-01T01:00:00Z' }],
    });
    const list = (sessionToken?: string) => {
      const token = sessionToken === undefined ? {} : { sessionToken };
      return controlClient({ endpoint: emulator.url, ...credentials, ...token }).send(new ListStreamsCommand({}));
    };
    const invalid = {
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid',
    };
    await list('tok');
    await expect(list()).rejects.toMatchObject(invalid);
    await expect(list('kot')).rejects.toMatchObject(invalid);
    expect(emulator.clock.state().next).toEqual([{ at: '2030-01-01T01:00:00.000Z', what: 'token', stream: null }]);
    await emulator.clock.advance('59m');
    await list('tok');
    await emulator.clock.advance('1m');
    await expect(list('tok')).rejects.toMatchObject({
      name: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
    });
    emulator.credentials.change({ accessKeys: [{ accessKeyId: KEY.accessKeyId, expiresAt: null }] });
    await list('tok');
  });
});

describe('a presigned WebSocket under --auth sigv4', () => {
  async function withChannel() {
    const emulator = await strict();
    const control = controlClient({ endpoint: emulator.url });
    const { ChannelARN: arn = '' } = await control.send(new CreateSignalingChannelCommand({ ChannelName: 'front' }));
    const configuration = { Protocols: ['WSS' as const], Role: 'MASTER' as const };
    const asked = { ChannelARN: arn, SingleMasterChannelEndpointConfiguration: configuration };
    await control.send(new GetSignalingChannelEndpointCommand(asked));
    return { emulator, arn, endpoint: `ws://localhost:${emulator.port}` };
  }

  it('is opened by the signatures of all clients, of masters and viewers', async () => {
    const { emulator, arn, endpoint } = await withChannel();
    await connect(asJavaScript({ endpoint, arn }));
    await connect(asSdk({ endpoint, arn, clientId: 'v1' }));
    await connect(asC({ endpoint, arn, clientId: 'v2' }), { headers: { host: 'localhost' } });
    const asked = emulator.requests.list({ status: 101 });
    expect(asked.map(({ operation, principal }) => `${operation} ${principal}`)).toEqual([
      'ConnectAsMaster arn:aws:iam::000000000000:user/test',
      'ConnectAsViewer arn:aws:iam::000000000000:user/test',
      'ConnectAsViewer arn:aws:iam::000000000000:user/test',
    ]);
  });

  it('goes with calls over HTTPS that are asked for the same', async () => {
    const { emulator, arn } = await withChannel();
    const good = { endpoint: emulator.url, region: 'us-east-1' };
    const wrong = { ...good, credentials: { accessKeyId: 'test', secretAccessKey: 'tess' } };
    const asked = [
      ['/v1/get-ice-server-config', { ChannelARN: arn }],
      ['/joinStorageSession', { channelArn: arn }],
    ] as const;
    expect(await clientCall(good, ...asked[0])).toMatchObject({ IceServerList: expect.anything() });
    await expect(clientCall(good, ...asked[1])).rejects.toMatchObject({ name: 'InvalidArgumentException' });
    for (const [path, input] of asked) {
      await expect(clientCall(wrong, path, input)).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    }
  });

  it.each([
    ['a wrong secret', { secret: 'tess' }],
    ['an unknown key', { accessKeyId: 'AKID' }],
    ['an old date', { now: Date.now() - 301_000, expires: 604_800 }],
  ])('is refused with 403 for %s', async (_what, wish) => {
    const { arn, endpoint } = await withChannel();
    const { status, body: text } = await refusedWith(asJavaScript({ endpoint, arn, ...wish }));
    expect(status).toBe(403);
    expect(Object.keys(JSON.parse(text))).toEqual(['message']);
  });

  it('is refused unsigned, and for another channel than it is signed for', async () => {
    const { arn, endpoint } = await withChannel();
    const url = asJavaScript({ endpoint, arn });
    expect((await refusedWith(`${endpoint}/?X-Amz-ChannelARN=${encodeURIComponent(arn)}`)).status).toBe(403);
    expect((await refusedWith(url.replace('front', 'back'))).status).toBe(403);
  });
});

it('without --auth a key’s account is known all the same, and its principal is not looked at', async () => {
  const emulator = await startEmulator();
  emulator.credentials.set({ accessKeys: [KEY] });
  const control = controlClient({ endpoint: emulator.url, ...credentials, secretAccessKey: 'whatever' });
  const { StreamARN } = await control.send(new CreateStreamCommand({ StreamName: 'cam' }));
  expect(StreamARN).toContain(':123456789012:');
  await control.send(new DescribeStreamCommand({ StreamName: 'cam' }));
  expect(emulator.requests.list().map(({ principal }) => principal)).toEqual([null, null]);
});
