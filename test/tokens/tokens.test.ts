// STS and the credentials provider of IoT, as their clients ask them.
import { ListStreamsCommand } from '@aws-sdk/client-kinesis-video';
import { describe, expect, it } from 'vitest';
import type { EmulatorOptions } from '../../src/index.ts';
import { type Credentials, presignQuery, sha256Hex, signHeaders } from '../../src/protocol/sigv4/sign.ts';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import { controlClient } from '../support/sdk.ts';

const ROLE = 'arn:aws:iam::000000000000:role/team/viewer';
const SESSION = 'arn:aws:sts::000000000000:assumed-role/viewer/one';
const KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret', principal: 'arn:aws:iam::000000000000:user/d1' };
const START = '2030-01-01T00:00:00Z';
const test: Credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

const start = (options: EmulatorOptions = {}) =>
  startEmulator({ auth: 'sigv4', clock: 'frozen', startTime: START, ...options });

interface Answer {
  readonly status: number;
  readonly text: string;
  /** The text of the first element of that name. */
  readonly of: (name: string) => string | undefined;
}

/** What STS answers, signed if there is somebody to sign. */
async function sts(
  emulator: TestEmulator,
  parameters: Record<string, string>,
  by?: Credentials,
  service = 'sts',
): Promise<Answer> {
  const body = new URLSearchParams({ Version: '2011-06-15', ...parameters }).toString();
  const type = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  const request = {
    method: 'POST',
    path: '/',
    headers: { host: new URL(emulator.url).host, ...type },
    payloadHash: sha256Hex(body),
  };
  const { host: _, ...headers } =
    by === undefined ? request.headers : signHeaders(request, { credentials: by, region: 'us-east-1', service });
  const response = await fetch(`${emulator.url}/`, { method: 'POST', headers, body });
  const text = await response.text();
  expect(response.headers.get('content-type')).toBe('text/xml');
  return { status: response.status, text, of: (name) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] };
}

const keyOf = ({ of }: Answer): Credentials => ({
  accessKeyId: of('AccessKeyId') ?? '',
  secretAccessKey: of('SecretAccessKey') ?? '',
  sessionToken: of('SessionToken') ?? '',
});

const refusal = ({ status, of }: Answer) => `${status} ${of('Code')}: ${of('Message')}`;
const assume = (emulator: TestEmulator, by: Credentials | undefined, more: Record<string, string> = {}) =>
  sts(emulator, { Action: 'AssumeRole', RoleArn: ROLE, RoleSessionName: 'one', ...more }, by);
const list = (emulator: TestEmulator, by: Credentials) =>
  controlClient({ endpoint: emulator.url, ...by }).send(new ListStreamsCommand({}));
/** How far a date that was handed out is ahead of this machine, in whole minutes. */
const minutesAhead = (date = ''): number => Math.round((Date.parse(date) - Date.now()) / 60_000);

describe('who may assume a role under --auth iam', () => {
  const USER = 'arn:aws:iam::000000000000:user/d1';
  const FOREIGN = 'arn:aws:iam::111111111111:user/d1';
  const statement = (Effect: string) => ({
    Version: '2012-10-17',
    Statement: [{ Effect, Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::000000000000:role/team/*' }],
  });

  it.each([
    ['one whom the role names', USER, [USER], [], 200],
    ['one whom the role names and a policy denies it', USER, [USER], ['Deny'], 403],
    ['one of an account that the role trusts, without a policy', USER, ['000000000000'], [], 403],
    ['one of an account that the role trusts, with a policy', USER, ['000000000000'], ['Allow'], 200],
    ['one whom the role does not trust, with a policy', USER, ['arn:aws:iam::000000000000:user/other'], ['Allow'], 403],
    ['one of another account whom the role names, without a policy', FOREIGN, [FOREIGN], [], 403],
    ['one of another account whom the role names, with a policy', FOREIGN, [FOREIGN], ['Allow'], 200],
  ])('%s', async (_, principal, trusts, effects, status) => {
    const emulator = await start({ auth: 'iam' });
    emulator.credentials.set({
      accessKeys: [{ ...KEY, principal, policies: effects.map(statement) }],
      roles: [{ arn: ROLE, trusts }],
    });
    const answer = await assume(emulator, KEY);
    expect(answer.status).toBe(status);
    if (status === 403) {
      expect(refusal(answer)).toBe(
        `403 AccessDenied: User: ${principal} is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`,
      );
    }
  });
});

describe('AssumeRole', () => {
  it('gives a key that is good on every call, until its time is over on the emulator’s clock', async () => {
    const emulator = await start();
    const answer = await assume(emulator, test, { DurationSeconds: '900' });
    expect(answer.status).toBe(200);
    expect(answer.of('Arn')).toBe(SESSION);
    expect(answer.of('AssumedRoleId')).toMatch(/^AROA[A-Z2-7]{17}:one$/);
    expect(answer.of('AccessKeyId')).toMatch(/^ASIA[A-Z0-9]{16}$/);
    expect(answer.of('Expiration')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(minutesAhead(answer.of('Expiration'))).toBe(15);
    const key = keyOf(answer);
    await list(emulator, key);
    expect(emulator.requests.list({ operation: 'ListStreams' }).at(-1)?.principal).toBe(SESSION);
    expect(emulator.clock.state().next).toEqual([{ at: '2030-01-01T00:15:00.000Z', what: 'token', stream: null }]);
    await emulator.clock.advance('15m');
    const expired = { name: 'ExpiredTokenException', message: 'The security token included in the request is expired' };
    await expect(list(emulator, key)).rejects.toMatchObject(expired);
    const again = await assume(emulator, test);
    expect(minutesAhead(again.of('Expiration'))).toBe(60);
    await list(emulator, keyOf(again));
    expect(emulator.requests.list().map(({ operation }) => operation)).toContain('AssumeRole');
  });

  it('needs the token with the key', async () => {
    const emulator = await start();
    const { sessionToken: _, ...key } = keyOf(await assume(emulator, test));
    await expect(list(emulator, key)).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid',
    });
  });

  it('asks the role whom it trusts, and how long', async () => {
    const emulator = await start();
    emulator.credentials.set({
      accessKeys: [KEY, { accessKeyId: 'OTHER', secretAccessKey: 'x', principal: 'arn:aws:iam::111111111111:user/o' }],
      roles: [
        { arn: ROLE, trusts: ['arn:aws:iam::000000000000:user/d?', SESSION.replace('one', '*')], maxSession: '2h' },
      ],
    });
    const own = { accessKeyId: KEY.accessKeyId, secretAccessKey: KEY.secretAccessKey };
    const denied = (principal: string, role: string) =>
      `403 AccessDenied: User: ${principal} is not authorized to perform: sts:AssumeRole on resource: ${role}`;
    const other = { accessKeyId: 'OTHER', secretAccessKey: 'x' };
    expect(refusal(await assume(emulator, other))).toBe(denied('arn:aws:iam::111111111111:user/o', ROLE));
    const unknown = ROLE.replace('viewer', 'nobody');
    expect(refusal(await assume(emulator, own, { RoleArn: unknown }))).toBe(denied(KEY.principal, unknown));
    expect(refusal(await assume(emulator, own, { DurationSeconds: '7201' }))).toBe(
      '400 ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
    const first = await assume(emulator, own, { DurationSeconds: '7200' });
    expect(minutesAhead(first.of('Expiration'))).toBe(120);
    expect((await assume(emulator, keyOf(first))).status).toBe(200);
    expect(refusal(await assume(emulator, keyOf(first), { DurationSeconds: '7200' }))).toContain('role chaining');
  });

  it('takes an account, its root or everybody for trusted; without roles, those of the caller’s account are there', async () => {
    const emulator = await start();
    const elsewhere = ROLE.replace('000000000000', '111111111111');
    expect((await assume(emulator, test, { RoleArn: elsewhere })).status).toBe(403);
    for (const trusts of [['000000000000'], ['arn:aws:iam::000000000000:root'], ['*']]) {
      emulator.credentials.set({ roles: [{ arn: elsewhere, trusts }] });
      const answer = await assume(emulator, test, { RoleArn: elsewhere });
      expect(answer.of('Arn')).toBe('arn:aws:sts::111111111111:assumed-role/viewer/one');
    }
  });

  it('says what is wrong with a request as STS does', async () => {
    const emulator = await start();
    const bad = [
      await assume(emulator, undefined),
      await assume(emulator, { ...test, secretAccessKey: 'tess' }),
      await assume(emulator, { ...test, accessKeyId: 'AKID' }),
      await sts(emulator, { Action: 'AssumeRole' }, test, 'kinesisvideo'),
      await sts(emulator, { Action: 'GetFederationToken' }, test),
      await sts(emulator, { Action: 'AssumeRole' }, test),
      await assume(emulator, test, { DurationSeconds: '899' }),
      await assume(emulator, test, { Policy: '{' }),
      await assume(emulator, test, { 'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/ReadOnlyAccess' }),
    ].map(refusal);
    expect(bad).toEqual([
      '403 MissingAuthenticationToken: Request is missing Authentication Token',
      expect.stringMatching(/^403 SignatureDoesNotMatch: The request signature we calculated does not match/),
      '403 InvalidClientTokenId: The security token included in the request is invalid.',
      "403 SignatureDoesNotMatch: Credential should be scoped to correct service: 'sts'. ",
      '400 InvalidAction: Could not find operation GetFederationToken for version 2011-06-15',
      expect.stringMatching(/^400 ValidationError: 2 validation errors detected: Value null at 'roleArn' failed/),
      expect.stringMatching(/^400 ValidationError: 1 validation error detected: Value '899' at 'durationSeconds'/),
      expect.stringMatching(/^400 MalformedPolicyDocument: The policy is not JSON/),
      expect.stringMatching(/^400 MalformedPolicyDocument: The emulator has no managed policies/),
    ]);
    const { text } = await assume(emulator, undefined);
    expect(text).toMatch(
      /^<ErrorResponse xmlns="https:\/\/sts.amazonaws.com\/doc\/2011-06-15\/">\n {2}<Error>\n {4}<Type>Sender<\/Type>/,
    );
  });

  it('needs no good signature without --auth', async () => {
    const emulator = await startEmulator();
    expect((await assume(emulator, undefined)).status).toBe(200);
    const key = keyOf(await assume(emulator, { accessKeyId: 'any', secretAccessKey: 'any' }));
    await list(emulator, key);
  });
});

describe('AssumeRoleWithWebIdentity', () => {
  const jwt = (claims: object): string =>
    ['{"alg":"RS256"}', JSON.stringify(claims), 'signature']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');
  const ask = (emulator: TestEmulator, WebIdentityToken: string, more: Record<string, string> = {}) =>
    sts(emulator, {
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: ROLE,
      RoleSessionName: 'one',
      WebIdentityToken,
      ...more,
    });
  const claims = {
    iss: 'https://oidc.example.test/id',
    sub: 'pod:camera',
    aud: 'sts.amazonaws.com',
    exp: 4_000_000_000,
  };

  it('needs no signature, and says whose token it was', async () => {
    const emulator = await start();
    const answer = await ask(emulator, jwt(claims));
    const names = ['SubjectFromWebIdentityToken', 'Audience', 'Provider', 'Arn'];
    expect(names.map(answer.of)).toEqual(['pod:camera', 'sts.amazonaws.com', 'https://oidc.example.test/id', SESSION]);
    await list(emulator, keyOf(answer));
  });

  it('refuses one that has expired, and one of a provider that the role does not trust', async () => {
    const emulator = await start();
    expect(refusal(await ask(emulator, jwt({ ...claims, exp: 1_500_000_000 })))).toMatch(
      /^400 ExpiredTokenException: Token expired: current date\/time .* must be before the expiration date\/time 2017-07-14T02:40:00Z$/,
    );
    emulator.credentials.set({ roles: [{ arn: ROLE, trusts: ['other.example.test'] }] });
    expect(refusal(await ask(emulator, jwt(claims)))).toBe(
      '403 AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity',
    );
    emulator.credentials.set({ roles: [{ arn: ROLE, trusts: ['oidc.example.test/*'] }] });
    expect((await ask(emulator, jwt(claims))).status).toBe(200);
  });

  it('takes any other text for a token with a warning, and refuses it with --strict', async () => {
    const emulator = await start();
    expect((await ask(emulator, 'token')).status).toBe(200);
    expect(
      emulator.requests
        .list()
        .at(-1)
        ?.warnings.map(({ difference }) => difference),
    ).toEqual(['webIdentityToken']);
    expect(refusal(await ask(await start({ strict: true }), 'token'))).toMatch(
      /^400 InvalidIdentityToken: The ID Token/,
    );
  });
});

describe('GetCallerIdentity', () => {
  it('tells who signs: a user, a session, and whoever it says where nobody looks', async () => {
    const emulator = await start();
    const who = async (by: Credentials, of = emulator) => {
      const answer = await sts(of, { Action: 'GetCallerIdentity' }, by);
      return [answer.of('Arn'), answer.of('Account'), answer.of('UserId')];
    };
    const id = expect.stringMatching(/^AIDA[A-Z2-7]{17}$/);
    expect(await who(test)).toEqual(['arn:aws:iam::000000000000:user/test', '000000000000', id]);
    const own = { accessKeyId: '123456789012', secretAccessKey: 'test' };
    expect(await who(own)).toEqual(['arn:aws:iam::123456789012:user/123456789012', '123456789012', id]);
    const assumed = await assume(emulator, test);
    expect(await who(keyOf(assumed))).toEqual([SESSION, '000000000000', assumed.of('AssumedRoleId')]);
    const open = await startEmulator();
    expect(await who({ accessKeyId: 'AKID', secretAccessKey: 'x' }, open)).toEqual([
      'arn:aws:iam::000000000000:user/AKID',
      '000000000000',
      id,
    ]);
  });

  it('may be asked by a URL that carries its signature', async () => {
    const emulator = await start();
    const { host } = new URL(emulator.url);
    const request = {
      method: 'GET',
      path: '/',
      query: 'Action=GetCallerIdentity&Version=2011-06-15',
      headers: { host },
      payloadHash: sha256Hex(''),
    };
    const query = presignQuery(request, { credentials: test, region: 'us-east-1', service: 'sts', expiresIn: 60 });
    expect(await (await fetch(`${emulator.url}/?${query}`)).text()).toContain('<Account>000000000000</Account>');
    expect((await fetch(`${emulator.url}/?${query.replace('us-east-1', 'us-east-2')}`)).status).toBe(403);
  });
});

describe('GetSessionToken', () => {
  it('gives the caller another key, and none to who has such a one', async () => {
    const emulator = await start();
    const answer = await sts(emulator, { Action: 'GetSessionToken' }, test);
    expect(minutesAhead(answer.of('Expiration'))).toBe(720);
    const key = keyOf(answer);
    await list(emulator, key);
    expect(emulator.requests.list().at(-1)?.principal).toBe('arn:aws:iam::000000000000:user/test');
    expect(refusal(await sts(emulator, { Action: 'GetSessionToken' }, key))).toBe(
      '403 AccessDenied: Cannot call GetSessionToken with session credentials',
    );
  });
});

describe('the credentials provider of IoT', () => {
  const roles = [{ arn: ROLE, trusts: [] }];
  const aliases = [{ alias: 'camera', role: ROLE, things: ['cam-*'], duration: '75s' }];
  const ask = async ({ url }: TestEmulator, alias: string, thing?: string) => {
    const headers: Record<string, string> = thing === undefined ? {} : { 'x-amzn-iot-thingname': thing };
    const response = await fetch(`${url}/role-aliases/${alias}/credentials`, { headers });
    // biome-ignore lint/suspicious/noExplicitAny: each test knows the answer it asks for
    return { status: response.status, body: (await response.json()) as any };
  };

  it('gives a device a key for as long as its alias says', async () => {
    const emulator = await start();
    emulator.credentials.set({ roles, iotRoleAliases: aliases });
    const { status, body } = await ask(emulator, 'camera', 'cam-1');
    expect([status, Object.keys(body)]).toEqual([200, ['credentials']]);
    const { expiration, ...key } = body.credentials;
    expect(expiration).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(minutesAhead(expiration)).toBe(1);
    await list(emulator, key);
    expect(emulator.requests.list().at(-1)?.principal).toMatch(
      /^arn:aws:sts::000000000000:assumed-role\/viewer\/[0-9a-f]{64}$/,
    );
    await emulator.clock.advance('75s');
    await expect(list(emulator, key)).rejects.toMatchObject({ name: 'ExpiredTokenException' });
    await list(emulator, (await ask(emulator, 'camera', 'cam-1')).body.credentials);
  });

  it('refuses an alias that is not there, and a thing that is none of it', async () => {
    const emulator = await start();
    emulator.credentials.set({ roles, iotRoleAliases: aliases });
    expect(await ask(emulator, 'doorbell', 'cam-1')).toEqual({
      status: 404,
      body: { message: expect.stringMatching(/^There is no role alias doorbell\./) },
    });
    const invalid = { message: 'Invalid thing name passed' };
    expect(await ask(emulator, 'camera', 'door-1')).toEqual({ status: 403, body: invalid });
    expect(await ask(emulator, 'camera')).toEqual({ status: 403, body: invalid });
    expect(await ask(emulator, 'camera', 'cam 1')).toEqual({ status: 400, body: invalid });
  });
});

it('pages of other origins get no tokens', async () => {
  const { url } = await startEmulator();
  const headers = { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' };
  const asked = [
    await fetch(`${url}/`, { method: 'POST', headers, body: 'Action=GetSessionToken' }),
    await fetch(`${url}/role-aliases/camera/credentials`, { headers: { origin: headers.origin } }),
  ];
  expect(asked.map(({ status }) => status)).toEqual([403, 403]);
});

it('anything else that is posted to the root is an unknown path', async () => {
  const { url } = await startEmulator();
  const response = await fetch(`${url}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  expect(await response.text()).toContain('UnknownOperationException');
});

it('a reset takes back what was handed out, and what was set', async () => {
  const emulator = await start();
  const key = keyOf(await assume(emulator, test));
  emulator.credentials.set({ accessKeys: [KEY] });
  await emulator.reset({ account: '111111111111' });
  await list(emulator, key);
  await emulator.reset({ account: '000000000000' });
  await expect(list(emulator, key)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  expect(emulator.credentials.get().accessKeys).toEqual([]);
  await list(emulator, keyOf(await assume(emulator, test)));
  await emulator.reset();
  const before = keyOf(await assume(emulator, test));
  await emulator.reset();
  expect(keyOf(await assume(emulator, test))).toEqual(before);
});
