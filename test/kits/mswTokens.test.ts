// Application code that gets its credentials from a role, and knows nothing of an emulator.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KinesisVideoClient, ListStreamsCommand } from '@aws-sdk/client-kinesis-video';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createOfflineEmulator, kinesisVideoHandlers } from '../../src/kits/msw.ts';
import { haveGlobalWebSocket } from '../support/globalWebSocket.ts';

const ROLE = 'arn:aws:iam::000000000000:role/team/camera';
const CLAIMS = { iss: 'https://oidc.example.test/id', sub: 'pod:camera', aud: 'sts.amazonaws.com', exp: 4_000_000_000 };
const TOKEN = ['{"alg":"RS256"}', JSON.stringify(CLAIMS), 'signature']
  .map((part) => Buffer.from(part).toString('base64url'))
  .join('.');
const ROLES = [
  {
    arn: ROLE,
    trusts: ['oidc.example.test/id'],
    policies: [
      {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'kinesisvideo:ListStreams', Resource: '*' }],
      },
    ],
  },
];

haveGlobalWebSocket();
const emulator = createOfflineEmulator({ auth: 'iam', logLevel: 'silent' });
const server = setupServer(...kinesisVideoHandlers(emulator));
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
beforeEach(async () => {
  await emulator.reset();
  emulator.credentials.set({
    roles: ROLES,
    iotRoleAliases: [{ alias: 'camera-alias', role: ROLE, things: ['camera-*'] }],
  });
});
afterAll(() => {
  server.close();
  emulator.stop();
});

const asked = () => emulator.requests.list().map(({ operation, region, status }) => [operation, region, status]);

describe('handlers for msw', () => {
  it.each([
    ['eu-west-1', {}],
    ['us-east-1', { useDualstackEndpoint: true }],
    ['us-east-1', { useFipsEndpoint: true }],
    ['cn-north-1', {}],
  ])(
    'give a client of %s with %o a role for the token of its pod, by the default credentials',
    async (region, more) => {
      const folder = mkdtempSync(join(tmpdir(), 'kvs-token-'));
      onTestFinished(() => {
        vi.unstubAllEnvs();
        rmSync(folder, { recursive: true });
      });
      writeFileSync(join(folder, 'token'), TOKEN);
      for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE', 'AWS_ENDPOINT_URL'])
        vi.stubEnv(name, undefined);
      vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', join(folder, 'token'));
      vi.stubEnv('AWS_ROLE_ARN', ROLE);
      const client = new KinesisVideoClient({ region, maxAttempts: 1, ...more });
      expect((await client.send(new ListStreamsCommand({}))).StreamInfoList).toEqual([]);
      expect(asked()).toEqual([
        ['AssumeRoleWithWebIdentity', region, 200],
        ['ListStreams', region, 200],
      ]);
      expect(emulator.requests.list().at(-1)?.principal).toContain('assumed-role/camera/');
    },
  );

  it('give a device a token for its role alias, at the name of any account', async () => {
    const response = await fetch(
      'https://c1a2b3c4d5e6f7.credentials.iot.eu-west-1.amazonaws.com/role-aliases/camera-alias/credentials',
      { headers: { 'x-amzn-iot-thingname': 'camera-1' } },
    );
    const { credentials } = (await response.json()) as {
      credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string; expiration: string };
    };
    const { expiration, ...key } = credentials;
    expect(Date.parse(expiration)).toBeGreaterThan(Date.now());
    const client = new KinesisVideoClient({ region: 'eu-west-1', credentials: key, maxAttempts: 1 });
    expect((await client.send(new ListStreamsCommand({}))).StreamInfoList).toEqual([]);
    expect(asked()).toEqual([
      ['AssumeRoleWithCertificate', 'eu-west-1', 200],
      ['ListStreams', 'eu-west-1', 200],
    ]);
  });

  it('refuse as STS does, at the name of all regions too', async () => {
    const body = new URLSearchParams({ Action: 'AssumeRoleWithWebIdentity', Version: '2011-06-15', RoleArn: ROLE });
    body.set('RoleSessionName', 'one');
    body.set('WebIdentityToken', 'a token of nobody whom the role trusts');
    const response = await fetch('https://sts.amazonaws.com/', { method: 'POST', body });
    expect([response.status, response.headers.get('content-type')]).toEqual([403, 'text/xml']);
    expect(await response.text()).toContain('<Code>AccessDenied</Code>');
    expect(emulator.requests.list()).toMatchObject([{ region: 'us-east-1', status: 403 }]);
  });

  it('keep the names apart: STS knows no streams, and a stream knows no roles', async () => {
    const atSts = await fetch('https://sts.eu-west-1.amazonaws.com/listStreams', { method: 'POST', body: '{}' });
    expect(atSts.status).toBe(404);
    const body = new URLSearchParams({ Action: 'GetCallerIdentity' });
    const atService = await fetch('https://kinesisvideo.eu-west-1.amazonaws.com/', { method: 'POST', body });
    expect(atService.status).toBe(404);
  });
});
