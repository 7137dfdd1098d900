// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of policies look like this
// What a call asks of policies: which action, which resource, and what is known of it.
import { describe, expect, it } from 'vitest';
import { assemble } from '../../../src/assemble.ts';
import { readOptions } from '../../../src/config/options.ts';
import type { Holder } from '../../../src/domain/access/holder.ts';
import { requestEntry } from '../../../src/emulator/requestEntry.ts';
import { Road } from '../../../src/operations/enter.ts';
import type { Operation } from '../../../src/operations/operation.ts';
import { playbackRegistry, registry } from '../../../src/operations/registry.ts';
import { type AccessGateParts, accessGate } from '../../../src/operations/road/accessGate.ts';
import { Warnings } from '../../../src/operations/road/warnings.ts';
import type { ServiceError } from '../../../src/protocol/errors.ts';
import { createLog } from '../../../src/runtime/log.ts';
import { enter, type TestCall } from '../../support/calls.ts';

const NOW = Date.parse('2030-01-01T00:00:00Z');
const ACCOUNT = '000000000000';
const REGION = `arn:aws:kinesisvideo:us-east-1:${ACCOUNT}`;
const ADA = `arn:aws:iam::${ACCOUNT}:user/ada`;

const holder: Holder = {
  principal: ADA,
  account: ACCOUNT,
  policies: [],
  boundary: undefined,
  sessionPolicies: [],
  tags: new Map(),
  context: new Map(),
};
const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const allow = (Action: unknown, Resource: unknown = '*', rest: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...rest,
});
const deny = (Action: unknown, Resource: unknown = '*', rest: object = {}) => ({
  ...allow(Action, Resource, rest),
  Effect: 'Deny',
});
const where = (Condition: object) => ({ Condition });

const named = (name: string): Operation => {
  const found = [...registry, ...playbackRegistry].find((operation) => operation.name === name);
  if (found === undefined) throw new Error(`There is no ${name}.`);
  return found;
};

function start(who: Partial<Holder> | undefined, rest: Partial<AccessGateParts> = {}) {
  const lines: string[] = [];
  const log = createLog({ level: 'info', format: 'json', write: (line) => lines.push(line) });
  const { services, journal } = assemble(readOptions({ clock: 'frozen', startTime: NOW, randomSeed: 7 }), log);
  const scope = { account: ACCOUNT, region: 'us-east-1' };
  const door = services.streams.create(scope, { name: 'door', tags: new Map([['team', 'a']]) });
  const front = services.channels.create(scope, { name: 'front', tags: new Map([['team', 'b']]) });
  const access = accessGate({
    identityOf: () => who && { ...holder, ...who },
    userIdOf: () => 'AIDAEXAMPLE',
    ...rest,
  });
  const surroundings = { ...scope, strict: false, log, warnings: new Warnings(log) };
  const road = new Road({ services, journal, surroundings, gates: { access } });
  /** `allowed`, or what it is refused with. */
  async function ask(operation: string, input: object = {}, call: TestCall = {}): Promise<string> {
    try {
      await enter(road, named(operation), { json: input, ...call });
      return 'allowed';
    } catch (error) {
      return (error as ServiceError).code === 'AccessDeniedException' ? (error as Error).message : 'allowed';
    }
  }
  return { ask, road, door: door.record.arn, front: front.record.arn, journal, lines, services };
}

const deniedTo = (action: string, resource?: string): string =>
  `User: ${ADA} is not authorized to perform: kinesisvideo:${action}${resource === undefined ? '' : ` on resource: ${resource}`}`;

describe('what is denied', () => {
  it('is told as AWS does: who, which action, and the resource as it was sent', async () => {
    const { ask, door, front } = start({});
    expect(await ask('DescribeStream', { StreamName: 'door' })).toBe(deniedTo('DescribeStream', 'door'));
    expect(await ask('DescribeStream', { StreamARN: door })).toBe(deniedTo('DescribeStream', door));
    expect(await ask('DescribeSignalingChannel', { ChannelARN: front })).toBe(
      deniedTo('DescribeSignalingChannel', front),
    );
    expect(await ask('ListStreams')).toBe(deniedTo('ListStreams'));
    expect(await ask('CreateStream', { StreamName: 'new' })).toBe(deniedTo('CreateStream', 'new'));
  });

  it('is an AccessDeniedException, 403, also with an explicit deny', async () => {
    const { road } = start({ policies: [policy(allow('*'), deny('kinesisvideo:*'))] });
    await expect(enter(road, named('DescribeStream'), { json: { StreamName: 'door' } })).rejects.toMatchObject({
      code: 'AccessDeniedException',
      status: 403,
      message: deniedTo('DescribeStream', 'door'),
    });
  });

  it.each<[Partial<Holder>, string]>([
    [{}, 'because no identity-based policy allows the kinesisvideo:DescribeStream action'],
    [{ policies: [policy(deny('*'))] }, 'with an explicit deny in an identity-based policy'],
    [
      { policies: [policy(allow('*'))], boundary: policy() },
      'because no permissions boundary allows the kinesisvideo:DescribeStream action',
    ],
    [
      { policies: [policy(allow('*'))], boundary: policy(deny('*')) },
      'with an explicit deny in a permissions boundary',
    ],
    [
      { policies: [policy(allow('*'))], sessionPolicies: [policy()] },
      'because no session policy allows the kinesisvideo:DescribeStream action',
    ],
    [
      { policies: [policy(allow('*'))], sessionPolicies: [policy(deny('*'))] },
      'with an explicit deny in a session policy',
    ],
  ])('says why if that is wanted: %j', async (who, reason) => {
    const { ask } = start(who, { reasons: true });
    expect(await ask('DescribeStream', { StreamName: 'door' })).toBe(`${deniedTo('DescribeStream', 'door')} ${reason}`);
  });

  it('is told before it is told whether it is there or well formed', async () => {
    const { ask } = start({});
    expect(await ask('DescribeStream', { StreamName: 'nowhere' })).toBe(deniedTo('DescribeStream', 'nowhere'));
    expect(await ask('DescribeStream', { StreamName: 'no such name' })).toBe(
      deniedTo('DescribeStream', 'no such name'),
    );
    expect(await ask('DescribeStream', { StreamName: 7 })).toBe(deniedTo('DescribeStream'));
    expect(await ask('CreateStream', { Tags: 'none' })).toBe(deniedTo('CreateStream'));
    expect(await ask('TagResource', { ResourceARN: 'arn', Tags: [null, 7, {}] })).toBe(deniedTo('TagResource', 'arn'));
  });

  it('repeats no more than a part of what was sent', async () => {
    const { ask } = start({});
    const said = await ask('DescribeStream', { StreamName: 'x'.repeat(100_000) });
    expect(said).toBe(deniedTo('DescribeStream', `${'x'.repeat(256)}…`));
  });

  it('is in the log and in the journal with the statement that decided', async () => {
    const { ask, journal, lines, door } = start({
      policies: [
        policy(allow('kinesisvideo:*')),
        policy(allow('s3:*'), { Sid: 'NoLook', ...deny('kinesisvideo:De*') }),
      ],
    });
    await ask('DescribeStream', { StreamName: 'door' });
    await ask('ListTagsForStream', { StreamName: 'door' });
    await ask('ListStreams');
    const [denied, allowed] = journal.list().map(requestEntry);
    expect(denied?.access).toEqual({
      decision: 'explicitDeny',
      action: 'kinesisvideo:DescribeStream',
      source: 'identity',
      policy: 1,
      statement: 1,
      sid: 'NoLook',
    });
    expect(denied?.error).toBe('AccessDeniedException');
    expect(allowed?.access).toMatchObject({ decision: 'allow', policy: 0, statement: 0, sid: null });
    const said = lines.map((line) => (JSON.parse(line) as { message: string }).message);
    expect(said).toEqual([
      `${ADA} may not kinesisvideo:DescribeStream ${door}: statement 1 (NoLook) of identity-based policy 1 denies it.`,
    ]);
  });

  it('is all, to those of whom nobody knows who they are', async () => {
    const { road } = start(undefined);
    await expect(enter(road, named('ListStreams'), {})).rejects.toMatchObject({
      code: 'MissingAuthenticationTokenException',
    });
  });
});

describe('the action', () => {
  it.each(registry.map(({ name, actsOn }) => [name, actsOn] as const))('of %s has its name', async (name, actsOn) => {
    const input = {
      StreamName: 'door',
      ...(actsOn === 'channel' || actsOn === 'newChannel' ? { ChannelName: 'front' } : {}),
    };
    const { ask, front } = start({ policies: [policy(allow('*'), deny(`kinesisvideo:${name}`))] });
    const call = {
      headers: { 'x-amzn-stream-name': 'door' },
      query: `X-Amz-ChannelARN=${encodeURIComponent(front)}`,
    };
    expect(await ask(name, { ...input, ResourceARN: front, ChannelARN: front, channelArn: front }, call)).toContain(
      `perform: kinesisvideo:${name}`,
    );
  });

  it.each(playbackRegistry.map(({ name }) => name))('of %s is none: its token is enough', async (name) => {
    const { ask, journal } = start({});
    expect(await ask(name, {}, { query: 'SessionToken=x' })).toBe('allowed');
    expect(journal.list()[0]?.access).toBeUndefined();
  });

  it('of tagging is needed as well where something is made with tags', async () => {
    const { ask } = start({
      policies: [policy(allow(['kinesisvideo:CreateStream', 'kinesisvideo:CreateSignalingChannel']))],
    });
    const list = [{ Key: 'team', Value: 'a' }];
    expect(await ask('CreateStream', { StreamName: 'a' })).toBe('allowed');
    expect(await ask('CreateStream', { StreamName: 'b', Tags: {} })).toBe('allowed');
    expect(await ask('CreateStream', { StreamName: 'c', Tags: { team: 'a' } })).toBe(deniedTo('TagStream', 'c'));
    expect(await ask('CreateSignalingChannel', { ChannelName: 'a' })).toBe('allowed');
    expect(await ask('CreateSignalingChannel', { ChannelName: 'c', Tags: list })).toBe(deniedTo('TagResource', 'c'));
  });
});

describe('the resource', () => {
  const only = (...arns: string[]) => start({ policies: [policy(allow('kinesisvideo:*', arns))] });

  it('of a name is the stream that is there', async () => {
    const { ask } = only(`${REGION}:stream/door/${NOW}`);
    expect(await ask('DescribeStream', { StreamName: 'door' })).toBe('allowed');
    expect(await ask('PutMedia', {}, { headers: { 'x-amzn-stream-name': 'door' } })).toBe('allowed');
    expect(await ask('GetMedia', { StreamName: 'door' })).toBe('allowed');
    expect(await ask('GetHLSStreamingSessionURL', { StreamName: 'door' })).toBe('allowed');
    expect(await ask('DescribeStream', { StreamName: 'other' })).toBe(deniedTo('DescribeStream', 'other'));
  });

  it('of a name that is not there is of any time', async () => {
    const [any, one] = [only(`${REGION}:stream/gone/*`), only(`${REGION}:stream/gone/${NOW}`)];
    expect(await any.ask('DescribeStream', { StreamName: 'gone' })).toBe('allowed');
    expect(await one.ask('DescribeStream', { StreamName: 'gone' })).toBe(deniedTo('DescribeStream', 'gone'));
  });

  it('of what is about to be made is of now', async () => {
    const { ask } = only(`${REGION}:stream/new/${NOW}`, `${REGION}:channel/new/${NOW}`);
    expect(await ask('CreateStream', { StreamName: 'new' })).toBe('allowed');
    expect(await ask('CreateSignalingChannel', { ChannelName: 'new' })).toBe('allowed');
    expect(await ask('CreateStream', { StreamName: 'newer' })).toBe(deniedTo('CreateStream', 'newer'));
  });

  it('of an ARN is that, there or not', async () => {
    const { ask, door } = only(`${REGION}:stream/door/*`);
    const other = `${REGION}:stream/door/1`;
    const elsewhere = `arn:aws:kinesisvideo:eu-west-1:${ACCOUNT}:stream/door/${NOW}`;
    expect(await ask('DescribeStream', { StreamARN: door })).toBe('allowed');
    expect(await ask('DescribeStream', { StreamARN: other })).toBe('allowed');
    expect(await ask('DescribeStream', { StreamARN: elsewhere })).toBe(deniedTo('DescribeStream', elsewhere));
    expect(await ask('DescribeStream', { StreamARN: other, StreamName: 'door' })).toBe('allowed');
  });

  it('of another account is nobody’s, whatever the policies', async () => {
    const { ask } = only('*');
    const theirs = 'arn:aws:kinesisvideo:us-east-1:111111111111:stream/door/1';
    expect(await ask('DescribeStream', { StreamARN: theirs })).toBe(deniedTo('DescribeStream', theirs));
  });

  it('of lists is none', async () => {
    const { ask } = only(`${REGION}:*`);
    for (const name of ['ListStreams', 'ListSignalingChannels', 'ListEdgeAgentConfigurations'])
      expect(await ask(name)).toBe(deniedTo(name));
  });

  it('of channels is a channel, however the plane writes it', async () => {
    const { ask, front } = only(`${REGION}:channel/front/*`);
    const query = `X-Amz-ChannelARN=${encodeURIComponent(front)}`;
    expect(await ask('DescribeSignalingChannel', { ChannelName: 'front' })).toBe('allowed');
    expect(await ask('GetIceServerConfig', { ChannelARN: front })).toBe('allowed');
    expect(await ask('JoinStorageSession', { channelArn: front })).toBe('allowed');
    expect(await ask('ConnectAsMaster', {}, { query })).toBe('allowed');
    expect(await ask('UpdateMediaStorageConfiguration', { ChannelARN: front })).toBe('allowed');
    expect(await ask('DescribeSignalingChannel', { ChannelName: 'door' })).toBe(
      deniedTo('DescribeSignalingChannel', 'door'),
    );
  });

  it('of tags is a stream or a channel', async () => {
    const { ask, door, front } = only(`${REGION}:channel/*`);
    expect(await ask('ListTagsForResource', { ResourceARN: front })).toBe('allowed');
    expect(await ask('ListTagsForResource', { ResourceARN: door })).toBe(deniedTo('ListTagsForResource', door));
  });

  it('whose name is a star is no pattern', async () => {
    const { ask } = only(`${REGION}:stream/door/*`);
    expect(await ask('DescribeStream', { StreamName: '*' })).toBe(deniedTo('DescribeStream', '*'));
    expect(await ask('DescribeStream', { StreamName: 'doo?' })).toBe(deniedTo('DescribeStream', 'doo?'));
  });
});

describe('what is known of a call', () => {
  const describeDoor = (condition: object, who: Partial<Holder> = {}, call: TestCall = {}) =>
    start({ ...who, policies: [policy(allow('*', '*', where(condition)))] }).ask(
      'DescribeStream',
      { StreamName: 'door' },
      call,
    );

  it.each<[object]>([
    [{ StringEquals: { 'aws:ResourceTag/team': 'a' } }],
    [{ StringEquals: { 'aws:username': 'ada' } }],
    [{ StringEquals: { 'aws:userid': 'AIDAEXAMPLE' } }],
    [{ StringEquals: { 'aws:PrincipalAccount': ACCOUNT } }],
    [{ StringEquals: { 'aws:PrincipalType': 'User' } }],
    [{ StringEquals: { 'aws:RequestedRegion': 'us-east-1' } }],
    [{ ArnEquals: { 'aws:PrincipalArn': ADA } }],
    [{ DateEquals: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' } }],
    [{ NumericEquals: { 'aws:EpochTime': '1893456000' } }],
    [{ Bool: { 'aws:SecureTransport': 'false' } }],
    [{ Bool: { 'aws:ViaAWSService': 'false', 'aws:PrincipalIsAWSService': 'false' } }],
    [{ Null: { 'aws:TagKeys': 'true', 'aws:SourceIp': 'true', 'aws:MultiFactorAuthPresent': 'true' } }],
  ])('%j holds', async (condition) => {
    expect(await describeDoor(condition)).toBe('allowed');
  });

  it('is told by headers', async () => {
    const call = { headers: { 'user-agent': 'aws-cli/2', referer: 'https://example.com/' } };
    const condition = { StringLike: { 'aws:UserAgent': 'aws-cli/*', 'aws:Referer': 'https://example.com/*' } };
    expect(await describeDoor(condition, {}, call)).toBe('allowed');
    expect(await describeDoor(condition)).toBe(deniedTo('DescribeStream', 'door'));
  });

  it('of a role’s session is the role, and no user name', async () => {
    const principal = `arn:aws:sts::${ACCOUNT}:assumed-role/viewer/session`;
    const role = { ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/viewer` } };
    expect(await describeDoor({ ...role, Null: { 'aws:username': 'true' } }, { principal })).toBe('allowed');
    expect(await describeDoor({ StringEquals: { 'aws:PrincipalType': 'AssumedRole' } }, { principal })).toBe('allowed');
  });

  it('are tags and more that somebody said of who asks, which count before the request', async () => {
    const tags = new Map([['team', 'a']]);
    const own = { StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } };
    expect(await describeDoor(own, { tags })).toBe('allowed');
    expect(await describeDoor(own, { tags: new Map([['team', 'b']]) })).toBe(deniedTo('DescribeStream', 'door'));
    const context = new Map([['aws:SecureTransport', 'true']]);
    expect(await describeDoor({ Bool: { 'aws:SecureTransport': 'true' } }, { context })).toBe('allowed');
    const thing = new Map([['credentials-iot:ThingName', 'door']]);
    const { ask } = start({
      context: thing,
      policies: [policy(allow('kinesisvideo:*', 'arn:aws:kinesisvideo:*:*:stream/${credentials-iot:ThingName}/*'))],
    });
    expect(await ask('PutMedia', {}, { headers: { 'x-amzn-stream-name': 'door' } })).toBe('allowed');
    expect(await ask('PutMedia', {}, { headers: { 'x-amzn-stream-name': 'back' } })).toBe(deniedTo('PutMedia', 'back'));
  });

  it('are the tags that it brings or takes away', async () => {
    const list = [{ Key: 'team', Value: 'a' }];
    const condition = {
      StringEquals: { 'aws:RequestTag/team': 'a' },
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] },
    };
    const { ask, door } = start({ policies: [policy(allow('*', '*', where(condition)))] });
    expect(await ask('TagStream', { StreamName: 'door', Tags: { team: 'a' } })).toBe('allowed');
    expect(await ask('TagStream', { StreamName: 'door', Tags: { team: 'b' } })).toBe(deniedTo('TagStream', 'door'));
    expect(await ask('TagStream', { StreamName: 'door', Tags: { team: 'a', x: '' } })).toBe(
      deniedTo('TagStream', 'door'),
    );
    expect(await ask('TagResource', { ResourceARN: door, Tags: list })).toBe('allowed');
    expect(await ask('CreateSignalingChannel', { ChannelName: 'c', Tags: list })).toBe('allowed');
    const keys = start({
      policies: [policy(allow('*'), deny('*', '*', where({ 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'keep' } })))],
    });
    expect(await keys.ask('UntagStream', { StreamName: 'door', TagKeyList: ['go'] })).toBe('allowed');
    expect(await keys.ask('UntagStream', { StreamName: 'door', TagKeyList: ['go', 'keep'] })).toBe(
      deniedTo('UntagStream', 'door'),
    );
    expect(await keys.ask('UntagResource', { ResourceARN: door, TagKeyList: ['keep'] })).toBe(
      deniedTo('UntagResource', door),
    );
  });
});
