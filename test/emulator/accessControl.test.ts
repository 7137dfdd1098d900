import { describe, expect, it } from 'vitest';
import type { ExplainRequest } from '../../src/emulator/accessControl.ts';
import { ControlError } from '../../src/emulator/controlError.ts';
import { startEmulator } from '../support/emulator.ts';

const NOW = Date.parse('2030-01-01T00:00:00Z');
const ACCOUNT = '000000000000';
const DOOR = `arn:aws:kinesisvideo:us-east-1:${ACCOUNT}:stream/door/${NOW}`;
const statement = (rest: object) => ({ Effect: 'Allow', Action: 'kinesisvideo:*', Resource: '*', ...rest });
const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });

async function start() {
  const emulator = await startEmulator({ clock: 'frozen', startTime: '2030-01-01T00:00:00Z' });
  const create = (path: string, body: object) =>
    fetch(emulator.url + path, { method: 'POST', body: JSON.stringify(body) });
  await create('/createStream', { StreamName: 'door', Tags: { team: 'a' } });
  await create('/createSignalingChannel', { ChannelName: 'front' });
  return emulator;
}

function refusal(run: () => unknown): Pick<ControlError, 'message' | 'path' | 'kind'> {
  try {
    run();
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    expect(error.hint).toMatch(/\.$/);
    return { message: error.message, path: error.path, kind: error.kind };
  }
  throw new Error('It was taken.');
}

describe('access.explain', () => {
  it('says who decides, and what each statement says', async () => {
    const { access } = await start();
    const explained = access.explain({
      principal: `arn:aws:iam::${ACCOUNT}:user/device-1`,
      action: 'kinesisvideo:PutMedia',
      resource: 'door',
      policies: [
        policy(
          statement({ Sid: 'Look', Action: 'kinesisvideo:Get*' }),
          statement({ Condition: { StringEquals: { 'aws:ResourceTag/team': 'b' } } }),
          statement({ Resource: 'arn:aws:kinesisvideo:*:*:channel/*' }),
        ),
        policy(statement({ Effect: 'Deny', Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } })),
      ],
      boundary: policy(statement({})),
      sessionPolicy: policy(statement({ Action: 'kinesisvideo:PutMedia' })),
      context: { 'aws:SourceIp': '203.0.113.7' },
    });
    const all = 'all of it matches';
    expect(explained).toEqual({
      decision: 'explicitDeny',
      principal: `arn:aws:iam::${ACCOUNT}:user/device-1`,
      action: 'kinesisvideo:PutMedia',
      resource: DOOR,
      statements: [
        {
          source: 'identity',
          policy: 0,
          statement: 0,
          sid: 'Look',
          effect: 'Allow',
          matched: false,
          because: 'Action',
        },
        {
          ...{ source: 'identity', policy: 0, statement: 1, sid: null, effect: 'Allow', matched: false },
          because: 'Condition StringEquals aws:ResourceTag/team',
        },
        {
          source: 'identity',
          policy: 0,
          statement: 2,
          sid: null,
          effect: 'Allow',
          matched: false,
          because: 'Resource',
        },
        { source: 'identity', policy: 1, statement: 0, sid: null, effect: 'Deny', matched: true, because: all },
        { source: 'boundary', policy: 0, statement: 0, sid: null, effect: 'Allow', matched: true, because: all },
        { source: 'session', policy: 0, statement: 0, sid: null, effect: 'Allow', matched: true, because: all },
      ],
    });
  });

  it('knows the ones who are known without credentials, who may do all in their account', async () => {
    const { access } = await start();
    const ask = (request: Partial<ExplainRequest>) =>
      access.explain({ action: 'kinesisvideo:GetMedia', resource: 'door', ...request });
    expect(ask({ accessKeyId: 'test' })).toMatchObject({
      decision: 'allow',
      principal: `arn:aws:iam::${ACCOUNT}:user/test`,
      statements: [{ sid: 'Everything', matched: true }],
    });
    expect(ask({ principal: `arn:aws:iam::${ACCOUNT}:user/test` }).decision).toBe('allow');
    expect(ask({ accessKeyId: '111111111111' })).toMatchObject({
      decision: 'allow',
      resource: 'arn:aws:kinesisvideo:us-east-1:111111111111:stream/door/*',
    });
    expect(ask({ accessKeyId: '111111111111', resource: DOOR })).toMatchObject({
      decision: 'implicitDeny',
      statements: [{ matched: false, because: 'Resource: it is of another account' }],
    });
  });

  it.each<[Partial<ExplainRequest>, string]>([
    [{ action: 'kinesisvideo:GetMedia', resource: 'door' }, DOOR],
    [{ action: 'KINESISVIDEO:getmedia', resource: 'door' }, DOOR],
    [{ action: 'kinesisvideo:GetMedia', resource: DOOR }, DOOR],
    [
      { action: 'kinesisvideo:GetMedia', resource: 'door', region: 'eu-west-1' },
      `arn:aws:kinesisvideo:eu-west-1:${ACCOUNT}:stream/door/*`,
    ],
    [
      { action: 'kinesisvideo:CreateStream', resource: 'new' },
      `arn:aws:kinesisvideo:us-east-1:${ACCOUNT}:stream/new/${NOW}`,
    ],
    [
      { action: 'kinesisvideo:ConnectAsMaster', resource: 'front' },
      `arn:aws:kinesisvideo:us-east-1:${ACCOUNT}:channel/front/${NOW}`,
    ],
    [
      { action: 'kinesisvideo:ConnectAsMaster', resource: 'door' },
      `arn:aws:kinesisvideo:us-east-1:${ACCOUNT}:channel/door/*`,
    ],
    [
      { action: 'kinesisvideo:TagResource', resource: 'front' },
      `arn:aws:kinesisvideo:us-east-1:${ACCOUNT}:channel/front/${NOW}`,
    ],
    [{ action: 'kinesisvideo:ListStreams' }, '*'],
    [{ action: 'kinesisvideo:ListStreams', resource: 'door' }, '*'],
    [{ action: 'kinesisvideo:GetMedia', resource: '*' }, '*'],
    [{ action: 'sts:AssumeRole', resource: 'arn:aws:iam::000000000000:role/x' }, 'arn:aws:iam::000000000000:role/x'],
  ])('%j is about %s', async (request, resource) => {
    const { access } = await start();
    const action = request.action ?? '';
    expect(access.explain({ accessKeyId: 'test', ...request, action }).resource).toBe(resource);
  });

  it('takes the time from the emulator’s clock, and what is given before what is known', async () => {
    const { access, clock } = await start();
    const until = policy(statement({ Condition: { DateLessThan: { 'aws:CurrentTime': '2030-01-01T01:00:00Z' } } }));
    const ask = (context: Record<string, string>) =>
      access.explain({ policies: [until], action: 'kinesisvideo:GetMedia', resource: 'door', context }).decision;
    expect(ask({})).toBe('allow');
    await clock.advance('2h');
    expect(ask({})).toBe('implicitDeny');
    expect(ask({ 'aws:currenttime': '2029-01-01T00:00:00Z' })).toBe('allow');
  });

  it.each<[Record<string, unknown>, string, string | undefined]>([
    [{ action: 'kinesisvideo:PutMedia' }, 'It does not say who asks.', undefined],
    [{ accessKeyId: 'test' }, '"action" is missing.', '/action'],
    [{ accessKeyId: 'test', action: 'PutMedia' }, '"PutMedia" cannot be "action".', '/action'],
    [
      { accessKeyId: 'test', action: 'kinesisvideo:PutMedai', resource: 'door' },
      'Kinesis Video Streams has no action "kinesisvideo:PutMedai".',
      '/action',
    ],
    [
      { accessKeyId: 'test', action: 'kinesisvideo:PutMedia' },
      '"resource" is missing: kinesisvideo:PutMedia is about one.',
      '/resource',
    ],
    [
      { accessKeyId: 'test', principal: `arn:aws:iam::${ACCOUNT}:user/test`, action: 'a:B' },
      '"accessKeyId" and "principal" both say who asks.',
      '/principal',
    ],
    [{ accessKeyId: 'test', action: 'a:B', who: 1 }, 'What is to be explained knows no "who".', '/who'],
    [{ accessKeyId: 'test', action: 'a:B', context: { x: 1 } }, '"x" cannot be "x".', '/context/x'],
    [{ accessKeyId: 'test', action: 'a:B', context: { 'a:b': {} } }, 'An object cannot be "a:b".', '/context/a:b'],
    [{ policies: [{}], action: 'a:B' }, '"Statement" is missing.', '/policies/0/Statement'],
    [
      { policies: [policy(), policy(statement({ Action: 'x' }))], action: 'a:B' },
      '"x" cannot stand here.',
      '/policies/1/Statement/0/Action',
    ],
    [{ accessKeyId: 'test', boundary: [], action: 'a:B' }, 'A list is no object.', '/boundary'],
    [
      { accessKeyId: 'test', sessionPolicy: policy(statement({ Effect: 'No' })), action: 'a:B' },
      'There is no effect "No".',
      '/sessionPolicy/Statement/0/Effect',
    ],
  ])('refuses %j', async (request, message, path) => {
    const { access } = await start();
    expect(refusal(() => access.explain(request as never))).toEqual({ message, path, kind: 'invalid' });
  });

  it('does not know others', async () => {
    const { access } = await start();
    const ask = (who: Partial<ExplainRequest>) => () => access.explain({ action: 'a:B', ...who });
    expect(refusal(ask({ accessKeyId: 'AKIDNOBODY' }))).toEqual({
      message: 'Nobody is known as "AKIDNOBODY".',
      path: '/accessKeyId',
      kind: 'missing',
    });
    expect(refusal(ask({ principal: `arn:aws:iam::${ACCOUNT}:user/ada` }))).toMatchObject({ kind: 'missing' });
  });
});

describe('POST /_kvs/access/explain', () => {
  it('answers the same, and points at what is wrong', async () => {
    const { url, access } = await start();
    const ask = async (body: object) => {
      const answer = await fetch(`${url}/_kvs/access/explain`, { method: 'POST', body: JSON.stringify(body) });
      return { status: answer.status, body: (await answer.json()) as unknown };
    };
    const request = { accessKeyId: 'test', action: 'kinesisvideo:PutMedia', resource: 'door' };
    expect(await ask(request)).toEqual({ status: 200, body: access.explain(request) });
    expect(await ask({ ...request, policies: [policy(statement({ Resource: 'door' }))] })).toEqual({
      status: 400,
      body: {
        error: '"door" cannot stand here.',
        hint: 'Give "*", or ARNs like "arn:aws:kinesisvideo:*:*:stream/door/*".',
        path: '/policies/0/Statement/0/Resource',
      },
    });
    expect((await ask({ ...request, accessKeyId: 'AKIDNOBODY' })).status).toBe(404);
  });
});
