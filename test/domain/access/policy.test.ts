// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of policies look like this
import { describe, expect, it } from 'vitest';
import { decideTrust } from '../../../src/domain/access/decide.ts';
import { readPolicy } from '../../../src/domain/access/policy.ts';
import { PolicyError } from '../../../src/domain/access/policyError.ts';

const allow = { Effect: 'Allow', Action: 'kinesisvideo:*', Resource: '*' };
const withCondition = (Condition: unknown) => ({ Version: '2012-10-17', Statement: [{ ...allow, Condition }] });
const withStatement = (rest: object) => ({ Version: '2012-10-17', Statement: [{ ...allow, ...rest }] });
const equals = (value: unknown) => withCondition({ StringEquals: { 'aws:username': value } });

function refusal(document: unknown, kind?: 'trust'): PolicyError {
  try {
    readPolicy(document, kind);
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
  throw new Error('It was taken.');
}

describe('a document', () => {
  it.each<[object]>([
    [{ Version: '2012-10-17', Statement: [] }],
    [{ Version: '2012-10-17', Id: 'cameras', Statement: allow }],
    [{ Version: '2008-10-17', Statement: [allow] }],
    [{ Statement: [{ ...allow, Sid: '' }] }],
    [withStatement({ Sid: 'Look1', Action: ['s3:GetObject', 'iam:*', '*'] })],
    [withStatement({ Action: 'execute-api:Invoke', Resource: 'arn:aws:execute-api:*:*:abc/*' })],
    [withStatement({ Resource: ['arn:aws:s3:::bucket/${aws:username}/*', 'arn:aws:s3:::*'] })],
    [withCondition({})],
    [withCondition({ StringEquals: { 'aws:username': ['a', 1, true] } })],
    [withCondition({ 'ForAnyValue:StringLikeIfExists': { 'aws:TagKeys': 'a*' } })],
    [withCondition({ Bool: { 'aws:SecureTransport': false } })],
  ])('%j is taken', (document) => {
    expect(() => readPolicy(document)).not.toThrow();
  });

  it.each<[unknown, string, string]>([
    ['text', '', '"text" is no object.'],
    [null, '', 'null is no object.'],
    [[], '', 'A list is no object.'],
    [{ Version: '2012-10-17' }, '/Statement', '"Statement" is missing.'],
    [{ Version: '2012-10-17', Statement: [allow], Statements: [] }, '/Statements', 'There is no element "Statements".'],
    [{ Version: '2030-01-01', Statement: [] }, '/Version', 'There is no version "2030-01-01".'],
    [{ Version: 2012, Statement: [] }, '/Version', 'There is no version 2012.'],
    [{ Id: 1, Statement: [] }, '/Id', '1 is no Id.'],
    [{ Statement: 'Allow' }, '/Statement', '"Allow" is no object.'],
    [{ Statement: [allow, 'Allow'] }, '/Statement/1', '"Allow" is no object.'],
    [{ Statement: [[allow]] }, '/Statement/0', 'A list is no object.'],
    [withStatement({ effect: 'Allow' }), '/Statement/0/effect', 'There is no element "effect".'],
    [withStatement({ Effect: 'allow' }), '/Statement/0/Effect', 'There is no effect "allow".'],
    [withStatement({ Effect: undefined }), '/Statement/0/Effect', '"Effect" is missing.'],
    [withStatement({ Sid: 'a b' }), '/Statement/0/Sid', '"a b" is no Sid.'],
    [withStatement({ Sid: 7 }), '/Statement/0/Sid', '7 is no Sid.'],
    [
      {
        Statement: [
          { ...allow, Sid: 'A' },
          { ...allow, Sid: 'A' },
        ],
      },
      '/Statement/1/Sid',
      'There are two statements with the Sid "A".',
    ],
    [withStatement({ Action: undefined }), '/Statement/0/Action', '"Action" is missing.'],
    [withStatement({ NotAction: 'a:B' }), '/Statement/0/NotAction', '"Action" and "NotAction" exclude each other.'],
    [withStatement({ Action: [] }), '/Statement/0/Action', 'The list is empty.'],
    [withStatement({ Action: 'PutMedia' }), '/Statement/0/Action', '"PutMedia" cannot stand here.'],
    [withStatement({ Action: ['a:B', 'k*:PutMedia'] }), '/Statement/0/Action/1', '"k*:PutMedia" cannot stand here.'],
    [
      withStatement({ Action: 'kinesisvideo:Put Media' }),
      '/Statement/0/Action',
      '"kinesisvideo:Put Media" cannot stand here.',
    ],
    [withStatement({ Action: 7 }), '/Statement/0/Action', '7 cannot stand here.'],
    [withStatement({ Action: { a: 1 } }), '/Statement/0/Action', 'An object cannot stand here.'],
    [withStatement({ Resource: undefined }), '/Statement/0/Resource', '"Resource" is missing.'],
    [
      withStatement({ NotResource: '*' }),
      '/Statement/0/NotResource',
      '"Resource" and "NotResource" exclude each other.',
    ],
    [withStatement({ Resource: 'door' }), '/Statement/0/Resource', '"door" cannot stand here.'],
    [withStatement({ Resource: ['*', 7] }), '/Statement/0/Resource/1', '7 cannot stand here.'],
    [
      withStatement({ Resource: 'arn:aws:s3:::${aws:username' }),
      '/Statement/0/Resource',
      'A variable begins with ${ and does not end.',
    ],
    [withStatement({ Resource: ['arn:aws:s3:::${}'] }), '/Statement/0/Resource/0', '${} is no variable.'],
    [withStatement({ Resource: 'arn:aws:s3:::${username}' }), '/Statement/0/Resource', '${username} is no variable.'],
    [
      withStatement({ Resource: `arn:aws:s3:::\${a:b${' '.repeat(600)},}` }),
      '/Statement/0/Resource',
      `\${a:b${' '.repeat(61)}} is no variable.`,
    ],
    [withStatement({ Principal: '*' }), '/Statement/0/Principal', '"Principal" may not stand here.'],
    [withStatement({ NotPrincipal: '*' }), '/Statement/0/NotPrincipal', '"NotPrincipal" may not stand here.'],
    [withCondition('StringEquals'), '/Statement/0/Condition', '"StringEquals" is no object.'],
    [withCondition([]), '/Statement/0/Condition', 'A list is no object.'],
    [withCondition({ StringEqual: {} }), '/Statement/0/Condition/StringEqual', 'There is no operator "StringEqual".'],
    [
      withCondition({ stringEquals: {} }),
      '/Statement/0/Condition/stringEquals',
      'There is no operator "stringEquals".',
    ],
    [
      withCondition({ NullIfExists: {} }),
      '/Statement/0/Condition/NullIfExists',
      'There is no operator "NullIfExists".',
    ],
    [
      withCondition({ 'ForSomeValues:StringEquals': {} }),
      '/Statement/0/Condition/ForSomeValues:StringEquals',
      'There is no operator "ForSomeValues:StringEquals".',
    ],
    [withCondition({ constructor: {} }), '/Statement/0/Condition/constructor', 'There is no operator "constructor".'],
    [withCondition({ StringEquals: 'a' }), '/Statement/0/Condition/StringEquals', '"a" is no object.'],
    [
      withCondition({ StringEquals: { username: 'a' } }),
      '/Statement/0/Condition/StringEquals/username',
      '"username" is no condition key.',
    ],
    [equals(null), '/Statement/0/Condition/StringEquals/aws:username', 'null is no value of a condition.'],
    [equals({}), '/Statement/0/Condition/StringEquals/aws:username', 'An object is no value of a condition.'],
    [equals(['a', []]), '/Statement/0/Condition/StringEquals/aws:username/1', 'A list is no value of a condition.'],
    [
      equals('${aws:username'),
      '/Statement/0/Condition/StringEquals/aws:username',
      'A variable begins with ${ and does not end.',
    ],
    [
      equals(['${aws:username, none}']),
      '/Statement/0/Condition/StringEquals/aws:username/0',
      '${aws:username, none} is no variable.',
    ],
    [
      withCondition({ NumericLessThan: { 'aws:ResourceTag/a~b': ['1', 'many'] } }),
      '/Statement/0/Condition/NumericLessThan/aws:ResourceTag~1a~0b/1',
      '"many" is not a number.',
    ],
    [
      withCondition({ DateLessThan: { 'aws:CurrentTime': 'soon' } }),
      '/Statement/0/Condition/DateLessThan/aws:CurrentTime',
      '"soon" is not a date like 2030-01-01T00:00:00Z, or seconds since 1970.',
    ],
    [
      withCondition({ DateLessThan: { 'aws:CurrentTime': '2030-13-01' } }),
      '/Statement/0/Condition/DateLessThan/aws:CurrentTime',
      '"2030-13-01" is not a date like 2030-01-01T00:00:00Z, or seconds since 1970.',
    ],
    [
      withCondition({ Bool: { 'aws:SecureTransport': 'yes' } }),
      '/Statement/0/Condition/Bool/aws:SecureTransport',
      '"yes" is not true or false.',
    ],
    [
      withCondition({ Null: { 'aws:username': 'maybe' } }),
      '/Statement/0/Condition/Null/aws:username',
      '"maybe" is neither true nor false.',
    ],
    [
      withCondition({ IpAddress: { 'aws:SourceIp': '10.0.0.0/33' } }),
      '/Statement/0/Condition/IpAddress/aws:SourceIp',
      '"10.0.0.0/33" is not an address or a network like 203.0.113.0/24 or 2001:db8::/32.',
    ],
    [
      withCondition({ NotIpAddress: { 'aws:SourceIp': ['::1', '1::2::3'] } }),
      '/Statement/0/Condition/NotIpAddress/aws:SourceIp/1',
      '"1::2::3" is not an address or a network like 203.0.113.0/24 or 2001:db8::/32.',
    ],
    [
      withCondition({ BinaryEquals: { 'test:key': '###' } }),
      '/Statement/0/Condition/BinaryEquals/test:key',
      '"###" is not base64.',
    ],
    [
      withCondition({ ArnLike: { 'aws:PrincipalArn': 'ada' } }),
      '/Statement/0/Condition/ArnLike/aws:PrincipalArn',
      '"ada" is not an ARN, in which * and ? stand for other characters.',
    ],
    [
      withStatement({ Resource: `arn:aws:s3:::${'x'.repeat(11_000)}` }),
      '',
      'The policy is longer than 10240 characters.',
    ],
  ])('%j is refused at %s', (document, path, message) => {
    const error = refusal(document);
    expect({ path: error.path, message: error.message }).toEqual({ path, message });
    expect(error.hint).toMatch(/\.$/);
  });

  it('that holds itself is refused', () => {
    const statement: Record<string, unknown> = { ...allow };
    statement.Condition = { StringEquals: { 'aws:username': statement } };
    expect(refusal({ Statement: statement }).message).toBe('The policy is no JSON.');
  });
});

describe('a trust policy', () => {
  const trust = (Principal: unknown, rest: object = {}) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole', ...rest }],
  });
  const ada = { type: 'AWS', name: 'arn:aws:iam::000000000000:user/ada', account: '000000000000' } as const;
  const provider = { type: 'Federated', name: 'accounts.google.com' } as const;
  const service = { type: 'Service', name: 'credentials.iot.amazonaws.com' } as const;

  it.each([
    ['*', ada, 'allow'],
    ['*', service, 'allow'],
    [{ AWS: '*' }, ada, 'allow'],
    [{ AWS: '*' }, service, 'implicitDeny'],
    [{ AWS: ada.name }, ada, 'allow'],
    [{ AWS: 'arn:aws:iam::000000000000:user/bob' }, ada, 'implicitDeny'],
    [{ AWS: '000000000000' }, ada, 'allow'],
    [{ AWS: 'arn:aws:iam::000000000000:root' }, ada, 'allow'],
    [{ AWS: 'arn:aws:iam::111111111111:root' }, ada, 'implicitDeny'],
    [{ AWS: ['111111111111', ada.name] }, ada, 'allow'],
    [{ Federated: 'accounts.google.com' }, provider, 'allow'],
    [{ Federated: 'graph.facebook.com' }, provider, 'implicitDeny'],
    [{ Service: 'credentials.iot.amazonaws.com' }, service, 'allow'],
    [{ Service: 'ec2.amazonaws.com', AWS: '*' }, service, 'implicitDeny'],
  ] as const)('for %j lets %j: %s', (principal, asking, decision) => {
    const question = { principal: asking, action: 'sts:AssumeRole', context: new Map() };
    expect(decideTrust(readPolicy(trust(principal), 'trust'), question).decision).toBe(decision);
  });

  it('says by which statement, and under which condition', () => {
    const document = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: '000000000000' }, Action: 'sts:AssumeRole' },
        {
          Sid: 'NotWithoutId',
          Effect: 'Deny',
          NotPrincipal: { Service: '*' },
          Action: 'sts:*',
          Condition: { StringNotEquals: { 'sts:ExternalId': 'secret' } },
        },
      ],
    };
    const ask = (id: string) =>
      decideTrust(readPolicy(document, 'trust'), {
        principal: ada,
        action: 'sts:AssumeRole',
        context: new Map([['sts:externalid', [id]]]),
      });
    expect(ask('secret').decision).toBe('allow');
    expect(ask('secret').statements[1]?.because).toBe('Condition StringNotEquals sts:ExternalId');
    expect(ask('other')).toMatchObject({
      decision: 'explicitDeny',
      by: { source: 'trust', policy: 0, statement: 1, sid: 'NotWithoutId' },
    });
  });

  it.each<[unknown, string, string]>([
    [trust(undefined), '/Statement/0/Principal', '"Principal" is missing.'],
    [trust('ada'), '/Statement/0/Principal', '"ada" is no principal.'],
    [trust({}), '/Statement/0/Principal', 'Nobody is named.'],
    [trust({ Aws: '*' }), '/Statement/0/Principal/Aws', 'There is no kind of principal "Aws".'],
    [trust({ AWS: ['*', 'ada'] }), '/Statement/0/Principal/AWS/1', '"ada" is no principal.'],
    [
      trust({ AWS: 'arn:aws:iam::000000000000:user/*' }),
      '/Statement/0/Principal/AWS',
      '"arn:aws:iam::000000000000:user/*" is no principal.',
    ],
    [trust('*', { Resource: '*' }), '/Statement/0/Resource', '"Resource" may not stand here.'],
  ])('%j is refused at %s', (document, path, message) => {
    const error = refusal(document, 'trust');
    expect({ path: error.path, message: error.message }).toEqual({ path, message });
  });
});
