// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of policies look like this
// --auth iam as a client meets it: signed by the SDK, over a connection.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateStreamCommand,
  DescribeStreamCommand,
  GetDataEndpointCommand,
  KinesisVideoClient,
  ListStreamsCommand,
} from '@aws-sdk/client-kinesis-video';
import { describe, expect, it, onTestFinished } from 'vitest';
import { call } from '../../src/client/call.ts';
import type { EmulatorOptions, GivenCredentials } from '../../src/index.ts';
import { startEmulator } from '../support/emulator.ts';
import { asJavaScript } from '../support/presign.ts';
import { connect, refusedWith } from '../support/signalingClient.ts';

const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const device = policy({
  Sid: 'OwnStream',
  Effect: 'Allow',
  Action: ['kinesisvideo:CreateStream', 'kinesisvideo:DescribeStream', 'kinesisvideo:GetDataEndpoint'],
  Resource: 'arn:aws:kinesisvideo:*:*:stream/${credentials-iot:ThingName}/*',
});
const key = (name: string, policies: object[], more: object = {}) => ({
  accessKeyId: `AKID${name.toUpperCase().replace('-', '')}`,
  secretAccessKey: 'secret',
  principal: `arn:aws:iam::000000000000:user/${name}`,
  policies,
  ...more,
});
const credentials: GivenCredentials = {
  accessKeys: [
    key('cam-1', [device], { context: { 'credentials-iot:ThingName': 'cam-1' } }),
    key('here', [
      policy({
        Effect: 'Allow',
        Action: '*',
        Resource: '*',
        Condition: { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' }, Bool: { 'aws:SecureTransport': 'false' } },
      }),
    ]),
    key('bounded', [policy({ Effect: 'Allow', Action: '*', Resource: '*' })], {
      boundary: policy({ Effect: 'Allow', Action: 'kinesisvideo:Describe*', Resource: '*' }),
    }),
  ],
};

function file(content: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'kvs-iam-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'credentials.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
}

async function start(options: EmulatorOptions = {}) {
  const emulator = await startEmulator({ auth: 'iam', credentials: file(credentials), ...options });
  const as = (name: string, secretAccessKey = 'secret'): KinesisVideoClient => {
    const client = new KinesisVideoClient({
      endpoint: emulator.url,
      region: 'us-east-1',
      credentials: { accessKeyId: `AKID${name.toUpperCase().replace('-', '')}`, secretAccessKey },
      maxAttempts: 1,
    });
    onTestFinished(() => client.destroy());
    return client;
  };
  return { emulator, as };
}
const denied = (name: string, action: string, resource = ''): object => ({
  name: 'AccessDeniedException',
  $metadata: expect.objectContaining({ httpStatusCode: 403 }),
  message: `User: arn:aws:iam::000000000000:user/${name} is not authorized to perform: kinesisvideo:${action}${resource}`,
});

describe('with --auth iam', () => {
  it('a device reaches its own stream and no other', async () => {
    const { as } = await start();
    const cam = as('cam-1');
    await cam.send(new CreateStreamCommand({ StreamName: 'cam-1' }));
    await cam.send(new GetDataEndpointCommand({ StreamName: 'cam-1', APIName: 'PUT_MEDIA' }));
    await expect(cam.send(new CreateStreamCommand({ StreamName: 'cam-2' }))).rejects.toMatchObject(
      denied('cam-1', 'CreateStream', ' on resource: cam-2'),
    );
    await expect(cam.send(new DescribeStreamCommand({ StreamName: 'nowhere' }))).rejects.toMatchObject(
      denied('cam-1', 'DescribeStream', ' on resource: nowhere'),
    );
    await expect(cam.send(new ListStreamsCommand({}))).rejects.toMatchObject(denied('cam-1', 'ListStreams'));
  });

  it('a wrong signature is told before policies are asked', async () => {
    const { as, emulator } = await start();
    await expect(as('cam-1', 'wrong').send(new ListStreamsCommand({}))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
    expect(emulator.requests.list()[0]?.access).toBeNull();
  });

  it('policies see where a call comes from, which a proxy on this machine may say', async () => {
    const { as } = await start();
    const client = as('here');
    await client.send(new ListStreamsCommand({}));
    client.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers['x-forwarded-for'] = '203.0.113.7';
        return next(args);
      },
      { step: 'build' },
    );
    await expect(client.send(new ListStreamsCommand({}))).rejects.toMatchObject(denied('here', 'ListStreams'));
  });

  it('a boundary bounds, and the refusal says so if it is asked to', async () => {
    const { as } = await start({ denialReasons: true });
    await expect(as('bounded').send(new ListStreamsCommand({}))).rejects.toMatchObject({
      message: expect.stringMatching(/ because no permissions boundary allows the kinesisvideo:ListStreams action$/),
    });
    await expect(as('bounded').send(new DescribeStreamCommand({ StreamName: 'x' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('a policy that is changed counts from the next call on', async () => {
    const { as, emulator } = await start();
    const cam = as('cam-1');
    await expect(cam.send(new ListStreamsCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const all = policy({ Effect: 'Allow', Action: 'kinesisvideo:List*', Resource: '*' });
    emulator.credentials.change({ accessKeys: [{ accessKeyId: 'AKIDCAM1', policies: [device, all] }] });
    await cam.send(new ListStreamsCommand({}));
    const last = emulator.requests.list().at(-1);
    expect(last?.principal).toBe('arn:aws:iam::000000000000:user/cam-1');
    expect(last?.access).toMatchObject({ decision: 'allow', source: 'identity', policy: 1, statement: 0 });
  });

  it('a viewer may connect as one, and not as the master, nor ask for relays', async () => {
    const { emulator } = await start();
    const admin = { accessKeyId: 'AKIDADMIN', secretAccessKey: 'secret' };
    const lets = (Action: string) => [
      policy({ Effect: 'Allow', Action, Resource: 'arn:aws:kinesisvideo:*:*:channel/front/*' }),
    ];
    emulator.credentials.change({
      accessKeys: [
        { ...admin, policies: [policy({ Effect: 'Allow', Action: '*', Resource: '*' })] },
        { accessKeyId: 'AKIDVIEWER', secretAccessKey: 'secret', policies: lets('kinesisvideo:ConnectAsViewer') },
        { accessKeyId: 'AKIDMASTER', secretAccessKey: 'secret', policies: lets('kinesisvideo:ConnectAsMaster') },
      ],
    });
    const client = { endpoint: emulator.url, region: 'us-east-1', credentials: admin };
    const create = (ChannelName: string) =>
      call<{ ChannelARN: string }>(client, '/createSignalingChannel', { ChannelName });
    const [{ ChannelARN: arn }, { ChannelARN: back }] = [await create('front'), await create('back')];
    const endpoint = `ws://127.0.0.1:${emulator.port}`;
    const url = (accessKeyId: string, clientId?: string, of = arn) =>
      asJavaScript({ endpoint, arn: of, clientId, accessKeyId, secret: 'secret' });
    await connect(url('AKIDVIEWER', 'v1'));
    await connect(url('AKIDMASTER'));
    for (const refused of [url('AKIDVIEWER'), url('AKIDMASTER', 'v1'), url('AKIDVIEWER', 'v1', back)])
      expect((await refusedWith(refused)).status).toBe(403);
    const viewer = { accessKeyId: 'AKIDVIEWER', secretAccessKey: 'secret' };
    await expect(
      call({ ...client, credentials: viewer }, '/v1/get-ice-server-config', { ChannelARN: arn }),
    ).rejects.toMatchObject({ name: 'AccessDeniedException', status: 403 });
    expect(
      emulator.requests.list({ status: 403 }).map(({ operation, access }) => [operation, access?.decision]),
    ).toEqual([
      ['ConnectAsMaster', 'implicitDeny'],
      ['ConnectAsViewer', 'implicitDeny'],
      ['ConnectAsViewer', 'implicitDeny'],
      ['GetIceServerConfig', 'implicitDeny'],
    ]);
  });

  it('those who are known without credentials may do all in their account', async () => {
    const emulator = await startEmulator({ auth: 'iam' });
    const client = new KinesisVideoClient({
      endpoint: emulator.url,
      region: 'us-east-1',
      credentials: { accessKeyId: '111111111111', secretAccessKey: 'test' },
    });
    onTestFinished(() => client.destroy());
    await client.send(new CreateStreamCommand({ StreamName: 'theirs' }));
  });
});

describe('access.explain', () => {
  it('knows who has a key, who has a principal, and what a role may do', async () => {
    const { emulator } = await start();
    const role = 'arn:aws:iam::000000000000:role/viewer';
    const look = policy({ Effect: 'Allow', Action: 'kinesisvideo:Get*', Resource: '*' });
    emulator.credentials.change({ roles: [{ arn: role, policies: [look] }] });
    const ask = (who: object, action: string) =>
      emulator.access.explain({ ...who, action: `kinesisvideo:${action}`, resource: 'cam-1' });
    expect(ask({ accessKeyId: 'AKIDCAM1' }, 'DescribeStream').decision).toBe('allow');
    expect(ask({ accessKeyId: 'AKIDCAM1' }, 'DeleteStream').statements).toMatchObject([
      { sid: 'OwnStream', because: 'Action' },
    ]);
    expect(ask({ principal: 'arn:aws:iam::000000000000:user/bounded' }, 'DeleteStream').decision).toBe('implicitDeny');
    expect(ask({ principal: role }, 'GetMedia').decision).toBe('allow');
    expect(ask({ principal: role }, 'PutMedia').decision).toBe('implicitDeny');
  });
});

describe('a policy that makes no sense', () => {
  const wrong = { accessKeys: [key('x', [device, policy({ Effect: 'Allow', Action: 'PutMedia', Resource: '*' })])] };

  it('is refused with its path, and leaves who is known as it was', async () => {
    const { emulator } = await start();
    const before = emulator.credentials.get();
    expect(() => emulator.credentials.set(wrong)).toThrow(
      expect.objectContaining({ path: '/accessKeys/0/policies/1/Statement/0/Action' }),
    );
    expect(emulator.credentials.get()).toEqual(before);
  });

  it('keeps the emulator from starting', async () => {
    await expect(start({ credentials: file(wrong) })).rejects.toThrow(
      /at \/accessKeys\/0\/policies\/1\/Statement\/0\/Action: "PutMedia" cannot stand here\./,
    );
  });
});
