// Whether a condition holds: a policy that allows everything under it is asked, and one that denies everything.
import type { ContextValue } from '../../../../src/domain/access/context.ts';

type Values = ContextValue | readonly ContextValue[];

/** The condition, what is known of the request, and whether it holds. */
export type ConditionRow = readonly [
  condition: Readonly<Record<string, Readonly<Record<string, Values>>>>,
  context: Readonly<Record<string, ContextValue>>,
  holds: boolean,
];

const USER = 'aws:username';
const TEAM = 'aws:ResourceTag/team';
const AGE = 'aws:MultiFactorAuthAge';
const NOW = 'aws:CurrentTime';
const IP = 'aws:SourceIp';
const WHO = 'aws:PrincipalArn';
const TLS = 'aws:SecureTransport';

export const strings: readonly ConditionRow[] = [
  [{ StringEquals: { [USER]: 'ada' } }, { [USER]: 'ada' }, true],
  [{ StringEquals: { [USER]: 'ada' } }, { [USER]: 'Ada' }, false],
  [{ StringEquals: { [USER]: 'ada' } }, { [USER]: 'adam' }, false],
  [{ StringEquals: { [USER]: 'ada' } }, {}, false],
  [{ StringEquals: { [USER]: ['ada', 'bob'] } }, { [USER]: 'bob' }, true],
  [{ StringEquals: { [USER]: ['ada', 'bob'] } }, { [USER]: 'eve' }, false],
  [{ StringEquals: { [USER]: [] } }, { [USER]: 'ada' }, false],
  [{ StringEquals: { [USER]: '' } }, { [USER]: '' }, true],
  [{ StringEquals: { 'aws:EpochTime': 1893456000 } }, { 'aws:EpochTime': 1893456000 }, true],
  [{ StringEquals: { [TLS]: true } }, { [TLS]: 'true' }, true],
  // Stars mean themselves here.
  [{ StringEquals: { [USER]: 'a*' } }, { [USER]: 'ada' }, false],
  [{ StringEquals: { [USER]: 'a*' } }, { [USER]: 'a*' }, true],
  [{ StringEquals: { [USER]: 'a?a' } }, { [USER]: 'ada' }, false],
  // Names of keys are the same in any case, those of tags too; values are not.
  [{ StringEquals: { 'AWS:UserName': 'ada' } }, { [USER]: 'ada' }, true],
  [{ StringEquals: { 'aws:resourcetag/TEAM': 'a' } }, { [TEAM]: 'a' }, true],
  [{ StringEquals: { [TEAM]: 'a' } }, { [TEAM]: 'A' }, false],
  [{ StringEquals: { 'aws:ResourceTag/team/sub': 'a' } }, { 'aws:ResourceTag/team/sub': 'a' }, true],
  // All keys and all operators must hold.
  [{ StringEquals: { [USER]: 'ada', [TEAM]: 'a' } }, { [USER]: 'ada', [TEAM]: 'a' }, true],
  [{ StringEquals: { [USER]: 'ada', [TEAM]: 'a' } }, { [USER]: 'ada', [TEAM]: 'b' }, false],
  [{ StringEquals: { [USER]: 'ada' }, StringLike: { [TEAM]: 'a*' } }, { [USER]: 'ada', [TEAM]: 'ab' }, true],
  [{ StringEquals: { [USER]: 'ada' }, StringLike: { [TEAM]: 'a*' } }, { [USER]: 'ada', [TEAM]: 'ba' }, false],
  [{}, {}, true],
  [{ StringEquals: {} }, {}, true],

  [{ StringNotEquals: { [USER]: 'ada' } }, { [USER]: 'bob' }, true],
  [{ StringNotEquals: { [USER]: 'ada' } }, { [USER]: 'ada' }, false],
  [{ StringNotEquals: { [USER]: ['ada', 'bob'] } }, { [USER]: 'bob' }, false],
  [{ StringNotEquals: { [USER]: ['ada', 'bob'] } }, { [USER]: 'eve' }, true],
  [{ StringNotEquals: { [USER]: 'ada' } }, {}, true],

  [{ StringEqualsIgnoreCase: { [USER]: 'ADA' } }, { [USER]: 'ada' }, true],
  [{ StringEqualsIgnoreCase: { [USER]: 'ADA' } }, { [USER]: 'adam' }, false],
  [{ StringNotEqualsIgnoreCase: { [USER]: 'ADA' } }, { [USER]: 'ada' }, false],
  [{ StringNotEqualsIgnoreCase: { [USER]: 'ADA' } }, { [USER]: 'bob' }, true],

  [{ StringLike: { [USER]: 'a*' } }, { [USER]: 'ada' }, true],
  [{ StringLike: { [USER]: 'a*' } }, { [USER]: 'a' }, true],
  [{ StringLike: { [USER]: 'a*' } }, { [USER]: 'Ada' }, false],
  [{ StringLike: { [USER]: '*a' } }, { [USER]: 'ada' }, true],
  [{ StringLike: { [USER]: 'a?a' } }, { [USER]: 'ada' }, true],
  [{ StringLike: { [USER]: 'a?a' } }, { [USER]: 'aa' }, false],
  [{ StringLike: { [USER]: '*' } }, { [USER]: '' }, true],
  [{ StringLike: { [USER]: '*' } }, {}, false],
  [{ StringLike: { [USER]: '?*' } }, { [USER]: '' }, false],
  [{ StringLike: { [USER]: ['x*', '*-cam'] } }, { [USER]: 'door-cam' }, true],
  [{ StringLike: { 'aws:userid': 'AROAEXAMPLE:*' } }, { 'aws:userid': 'AROAEXAMPLE:session' }, true],
  [{ StringNotLike: { [USER]: 'a*' } }, { [USER]: 'bob' }, true],
  [{ StringNotLike: { [USER]: 'a*' } }, { [USER]: 'ada' }, false],
  [{ StringNotLike: { [USER]: 'a*' } }, {}, true],
  [{ StringNotLike: { [USER]: ['a*', 'b*'] } }, { [USER]: 'bob' }, false],
];

export const numbers: readonly ConditionRow[] = [
  [{ NumericEquals: { [AGE]: '60' } }, { [AGE]: 60 }, true],
  [{ NumericEquals: { [AGE]: 60 } }, { [AGE]: '60.0' }, true],
  [{ NumericEquals: { [AGE]: '60' } }, { [AGE]: 61 }, false],
  [{ NumericEquals: { [AGE]: '60' } }, {}, false],
  [{ NumericEquals: { [AGE]: '60' } }, { [AGE]: 'sixty' }, false],
  [{ NumericEquals: { [AGE]: ['1', '60'] } }, { [AGE]: 60 }, true],
  [{ NumericNotEquals: { [AGE]: '60' } }, { [AGE]: 61 }, true],
  [{ NumericNotEquals: { [AGE]: '60' } }, { [AGE]: 60 }, false],
  [{ NumericNotEquals: { [AGE]: '60' } }, {}, true],
  [{ NumericLessThan: { [AGE]: '3600' } }, { [AGE]: 3599 }, true],
  [{ NumericLessThan: { [AGE]: '3600' } }, { [AGE]: 3600 }, false],
  // As numbers, not as texts.
  [{ NumericLessThan: { [AGE]: '3600' } }, { [AGE]: 400 }, true],
  [{ NumericLessThan: { [AGE]: '3600' } }, {}, false],
  [{ NumericLessThanEquals: { [AGE]: '3600' } }, { [AGE]: 3600 }, true],
  [{ NumericLessThanEquals: { [AGE]: '3600' } }, { [AGE]: 3601 }, false],
  [{ NumericGreaterThan: { [AGE]: '-1' } }, { [AGE]: 0 }, true],
  [{ NumericGreaterThan: { [AGE]: '0' } }, { [AGE]: 0 }, false],
  [{ NumericGreaterThanEquals: { [AGE]: '0.5' } }, { [AGE]: 0.5 }, true],
  [{ NumericGreaterThanEquals: { [AGE]: '0.5' } }, { [AGE]: 0.25 }, false],
  [{ NumericGreaterThan: { 'aws:EpochTime': '1893456000' } }, { 'aws:EpochTime': 1893456001 }, true],
];

export const dates: readonly ConditionRow[] = [
  [{ DateEquals: { [NOW]: '2030-01-01T00:00:00Z' } }, { [NOW]: '2030-01-01T00:00:00.000Z' }, true],
  [{ DateEquals: { [NOW]: '2030-01-01T00:00:00Z' } }, { [NOW]: '2030-01-01T00:00:01Z' }, false],
  [{ DateEquals: { [NOW]: '2030-01-01T02:00:00+02:00' } }, { [NOW]: '2030-01-01T00:00:00Z' }, true],
  [{ DateEquals: { [NOW]: '2030-01-01' } }, { [NOW]: '2030-01-01T00:00:00Z' }, true],
  [{ DateEquals: { [NOW]: '2030' } }, { [NOW]: '2030-01-01T00:00:00Z' }, true],
  [{ DateEquals: { [NOW]: '1893456000' } }, { [NOW]: '2030-01-01T00:00:00Z' }, true],
  [{ DateEquals: { 'aws:EpochTime': '2030-01-01T00:00:00Z' } }, { 'aws:EpochTime': '1893456000' }, true],
  [{ DateEquals: { [NOW]: '2030-01-01T00:00:00Z' } }, {}, false],
  [{ DateEquals: { [NOW]: '2030-01-01T00:00:00Z' } }, { [NOW]: 'tomorrow' }, false],
  [{ DateNotEquals: { [NOW]: '2030-01-01T00:00:00Z' } }, { [NOW]: '2030-01-02T00:00:00Z' }, true],
  [{ DateNotEquals: { [NOW]: '2030-01-01T00:00:00Z' } }, { [NOW]: '2030-01-01T00:00:00Z' }, false],
  [{ DateNotEquals: { [NOW]: '2030-01-01T00:00:00Z' } }, {}, true],
  [{ DateLessThan: { [NOW]: '2030-01-01T00:00:00Z' } }, { [NOW]: '2029-12-31T23:59:59.999Z' }, true],
  [{ DateLessThan: { [NOW]: '2030-01-01T00:00:00Z' } }, { [NOW]: '2030-01-01T00:00:00Z' }, false],
  [{ DateLessThanEquals: { [NOW]: '2030-01-01T00:00:00Z' } }, { [NOW]: '2030-01-01T00:00:00Z' }, true],
  [{ DateLessThanEquals: { [NOW]: '2030-01-01T00:00:00Z' } }, { [NOW]: '2030-01-01T00:00:00.001Z' }, false],
  [{ DateGreaterThan: { [NOW]: '2030-01-01T00:00:00Z' } }, { [NOW]: '2030-01-01T00:00:01Z' }, true],
  [{ DateGreaterThan: { [NOW]: '2030-01-01T00:00:00Z' } }, { [NOW]: '2030-01-01T00:00:00Z' }, false],
  [{ DateGreaterThanEquals: { [NOW]: '2030-01-01T00:00Z' } }, { [NOW]: '2030-01-01T00:00:00Z' }, true],
  [{ DateGreaterThanEquals: { [NOW]: '2030-02' } }, { [NOW]: '2030-01-31T23:59:59Z' }, false],
  // From then until then.
  [
    { DateGreaterThan: { [NOW]: '2030-01-01' }, DateLessThan: { [NOW]: '2030-02-01' } },
    { [NOW]: '2030-01-15T12:00:00Z' },
    true,
  ],
  [
    { DateGreaterThan: { [NOW]: '2030-01-01' }, DateLessThan: { [NOW]: '2030-02-01' } },
    { [NOW]: '2030-02-15T12:00:00Z' },
    false,
  ],
];

export const truths: readonly ConditionRow[] = [
  [{ Bool: { [TLS]: 'true' } }, { [TLS]: 'true' }, true],
  [{ Bool: { [TLS]: 'true' } }, { [TLS]: 'false' }, false],
  [{ Bool: { [TLS]: 'false' } }, { [TLS]: 'false' }, true],
  [{ Bool: { [TLS]: false } }, { [TLS]: false }, true],
  [{ Bool: { [TLS]: 'TRUE' } }, { [TLS]: 'true' }, true],
  [{ Bool: { [TLS]: 'true' } }, { [TLS]: 'yes' }, false],
  [{ Bool: { [TLS]: 'false' } }, {}, false],
  [{ Bool: { [TLS]: ['true', 'false'] } }, { [TLS]: 'false' }, true],
  [{ Null: { [TEAM]: 'true' } }, {}, true],
  [{ Null: { [TEAM]: 'true' } }, { [TEAM]: 'a' }, false],
  [{ Null: { [TEAM]: 'false' } }, { [TEAM]: 'a' }, true],
  [{ Null: { [TEAM]: 'false' } }, {}, false],
  [{ Null: { [TEAM]: true } }, {}, true],
  [{ Null: { [TEAM]: 'false' } }, { [TEAM]: '' }, true],
  [{ Null: { 'aws:TagKeys': 'true' } }, { 'aws:TagKeys': [] }, true],
  [{ Null: { 'aws:TokenIssueTime': 'true' } }, {}, true],
  [{ BinaryEquals: { 'test:key': 'QmluYXJ5' } }, { 'test:key': 'QmluYXJ5' }, true],
  [{ BinaryEquals: { 'test:key': 'QmluYXJ5' } }, { 'test:key': 'Qm9uYXJ5' }, false],
  [{ BinaryEquals: { 'test:key': 'QmluYXJ5' } }, {}, false],
];

export const addresses: readonly ConditionRow[] = [
  [{ IpAddress: { [IP]: '203.0.113.0/24' } }, { [IP]: '203.0.113.7' }, true],
  [{ IpAddress: { [IP]: '203.0.113.0/24' } }, { [IP]: '203.0.113.255' }, true],
  [{ IpAddress: { [IP]: '203.0.113.0/24' } }, { [IP]: '203.0.114.0' }, false],
  [{ IpAddress: { [IP]: '203.0.113.7' } }, { [IP]: '203.0.113.7' }, true],
  [{ IpAddress: { [IP]: '203.0.113.7' } }, { [IP]: '203.0.113.8' }, false],
  [{ IpAddress: { [IP]: '203.0.113.7/32' } }, { [IP]: '203.0.113.7' }, true],
  [{ IpAddress: { [IP]: '0.0.0.0/0' } }, { [IP]: '198.51.100.1' }, true],
  [{ IpAddress: { [IP]: '0.0.0.0/0' } }, { [IP]: '2001:db8::1' }, false],
  [{ IpAddress: { [IP]: '10.0.0.0/8' } }, { [IP]: '10.255.0.1' }, true],
  [{ IpAddress: { [IP]: '10.0.0.0/8' } }, { [IP]: '11.0.0.1' }, false],
  [{ IpAddress: { [IP]: '192.168.4.0/22' } }, { [IP]: '192.168.7.255' }, true],
  [{ IpAddress: { [IP]: '192.168.4.0/22' } }, { [IP]: '192.168.8.0' }, false],
  // What stands behind the prefix does not count.
  [{ IpAddress: { [IP]: '203.0.113.99/24' } }, { [IP]: '203.0.113.7' }, true],
  [{ IpAddress: { [IP]: ['10.0.0.0/8', '203.0.113.0/24'] } }, { [IP]: '203.0.113.7' }, true],
  [{ IpAddress: { [IP]: '203.0.113.0/24' } }, {}, false],
  [{ IpAddress: { [IP]: '203.0.113.0/24' } }, { [IP]: 'localhost' }, false],
  [{ IpAddress: { [IP]: '127.0.0.0/8' } }, { [IP]: '::ffff:127.0.0.1' }, true],
  [{ IpAddress: { [IP]: '127.0.0.0/8' } }, { [IP]: '::1' }, false],
  [{ IpAddress: { [IP]: '::1' } }, { [IP]: '::1' }, true],
  [{ IpAddress: { [IP]: '::1' } }, { [IP]: '0:0:0:0:0:0:0:1' }, true],
  [{ IpAddress: { [IP]: '2001:db8::/32' } }, { [IP]: '2001:db8:1234::5' }, true],
  [{ IpAddress: { [IP]: '2001:db8::/32' } }, { [IP]: '2001:db9::5' }, false],
  [{ IpAddress: { [IP]: '2001:DB8:1234:5678::/64' } }, { [IP]: '2001:db8:1234:5678:9abc::1' }, true],
  [{ IpAddress: { [IP]: '2001:db8:1234:5678::/63' } }, { [IP]: '2001:db8:1234:5679::1' }, true],
  [{ IpAddress: { [IP]: '2001:db8:1234:5678::/64' } }, { [IP]: '2001:db8:1234:5679::1' }, false],
  [{ IpAddress: { [IP]: 'fe80::/10' } }, { [IP]: 'fe80::1%eth0' }, true],
  [{ IpAddress: { [IP]: '::/0' } }, { [IP]: '2001:db8::1' }, true],
  [{ NotIpAddress: { [IP]: '203.0.113.0/24' } }, { [IP]: '198.51.100.1' }, true],
  [{ NotIpAddress: { [IP]: '203.0.113.0/24' } }, { [IP]: '203.0.113.7' }, false],
  [{ NotIpAddress: { [IP]: ['10.0.0.0/8', '203.0.113.0/24'] } }, { [IP]: '203.0.113.7' }, false],
  [{ NotIpAddress: { [IP]: '203.0.113.0/24' } }, { [IP]: '2001:db8::1' }, true],
  [{ NotIpAddress: { [IP]: '203.0.113.0/24' } }, {}, true],
];

const ADA = 'arn:aws:iam::000000000000:user/ada';
const SESSION = 'arn:aws:sts::000000000000:assumed-role/viewer/ada';

export const arns: readonly ConditionRow[] = [
  [{ ArnEquals: { [WHO]: ADA } }, { [WHO]: ADA }, true],
  [{ ArnEquals: { [WHO]: ADA } }, { [WHO]: SESSION }, false],
  [{ ArnEquals: { [WHO]: 'arn:aws:iam::000000000000:user/*' } }, { [WHO]: ADA }, true],
  [{ ArnLike: { [WHO]: 'arn:aws:iam::000000000000:user/*' } }, { [WHO]: ADA }, true],
  [{ ArnLike: { [WHO]: 'arn:aws:iam::*:user/ada' } }, { [WHO]: ADA }, true],
  [{ ArnLike: { [WHO]: 'arn:aws:iam::*:user/Ada' } }, { [WHO]: ADA }, false],
  [{ ArnLike: { [WHO]: 'arn:aws:iam::00000000000?:user/a?a' } }, { [WHO]: ADA }, true],
  [{ ArnLike: { [WHO]: 'arn:aws:sts::*:assumed-role/viewer/*' } }, { [WHO]: SESSION }, true],
  [{ ArnLike: { [WHO]: 'arn:aws:sts::*:assumed-role/viewer' } }, { [WHO]: SESSION }, false],
  [{ ArnLike: { [WHO]: 'arn:aws:*::000000000000:*/ada' } }, { [WHO]: SESSION }, true],
  // A star stays in its field.
  [{ ArnLike: { [WHO]: 'arn:aws:i*:user/ada:::' } }, { [WHO]: ADA }, false],
  [{ ArnLike: { [WHO]: 'arn:aws:iam::*:user/ada' } }, { [WHO]: 'no ARN' }, false],
  [{ ArnLike: { [WHO]: 'arn:aws:iam::*:user/ada' } }, {}, false],
  [{ ArnLike: { [WHO]: ['arn:aws:sts::*:*', 'arn:aws:iam::*:user/*'] } }, { [WHO]: ADA }, true],
  [{ ArnNotEquals: { [WHO]: ADA } }, { [WHO]: SESSION }, true],
  [{ ArnNotEquals: { [WHO]: ADA } }, { [WHO]: ADA }, false],
  [{ ArnNotLike: { [WHO]: 'arn:aws:iam::*:user/*' } }, { [WHO]: ADA }, false],
  [{ ArnNotLike: { [WHO]: 'arn:aws:iam::*:user/*' } }, { [WHO]: SESSION }, true],
  [{ ArnNotLike: { [WHO]: 'arn:aws:iam::*:user/*' } }, {}, true],
];
