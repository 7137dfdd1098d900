// Keys that are not there, and keys that have several values.
import type { ConditionRow } from './conditions.ts';

const USER = 'aws:username';
const KEYS = 'aws:TagKeys';
const IP = 'aws:SourceIp';

export const ifExists: readonly ConditionRow[] = [
  [{ StringEqualsIfExists: { [USER]: 'ada' } }, {}, true],
  [{ StringEqualsIfExists: { [USER]: 'ada' } }, { [USER]: 'ada' }, true],
  [{ StringEqualsIfExists: { [USER]: 'ada' } }, { [USER]: 'bob' }, false],
  [{ StringLikeIfExists: { [USER]: 'a*' } }, {}, true],
  [{ StringLikeIfExists: { [USER]: 'a*' } }, { [USER]: 'bob' }, false],
  [{ StringNotEqualsIfExists: { [USER]: 'ada' } }, {}, true],
  [{ StringNotEqualsIfExists: { [USER]: 'ada' } }, { [USER]: 'ada' }, false],
  [{ StringEqualsIgnoreCaseIfExists: { [USER]: 'ADA' } }, { [USER]: 'ada' }, true],
  [{ NumericLessThanIfExists: { 'aws:MultiFactorAuthAge': '60' } }, {}, true],
  [{ NumericLessThanIfExists: { 'aws:MultiFactorAuthAge': '60' } }, { 'aws:MultiFactorAuthAge': 61 }, false],
  [{ DateLessThanIfExists: { 'aws:TokenIssueTime': '2030-01-01' } }, {}, true],
  [
    { DateLessThanIfExists: { 'aws:TokenIssueTime': '2030-01-01' } },
    { 'aws:TokenIssueTime': '2030-01-02T00:00:00Z' },
    false,
  ],
  [{ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } }, {}, true],
  [{ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } }, { 'aws:MultiFactorAuthPresent': 'false' }, false],
  [{ IpAddressIfExists: { [IP]: '10.0.0.0/8' } }, {}, true],
  [{ IpAddressIfExists: { [IP]: '10.0.0.0/8' } }, { [IP]: '11.0.0.1' }, false],
  [{ ArnLikeIfExists: { 'aws:SourceArn': 'arn:aws:s3:::*' } }, {}, true],
  [{ ArnLikeIfExists: { 'aws:SourceArn': 'arn:aws:s3:::*' } }, { 'aws:SourceArn': 'arn:aws:sns:::x' }, false],
];

export const sets: readonly ConditionRow[] = [
  [{ 'ForAllValues:StringEquals': { [KEYS]: ['team', 'cost'] } }, { [KEYS]: ['team'] }, true],
  [{ 'ForAllValues:StringEquals': { [KEYS]: ['team', 'cost'] } }, { [KEYS]: ['team', 'cost'] }, true],
  [{ 'ForAllValues:StringEquals': { [KEYS]: ['team', 'cost'] } }, { [KEYS]: ['team', 'owner'] }, false],
  [{ 'ForAllValues:StringEquals': { [KEYS]: 'team' } }, { [KEYS]: ['Team'] }, false],
  // Without any value all of them fit.
  [{ 'ForAllValues:StringEquals': { [KEYS]: ['team'] } }, {}, true],
  [{ 'ForAllValues:StringEquals': { [KEYS]: ['team'] } }, { [KEYS]: [] }, true],
  [{ 'ForAllValues:StringEquals': { [KEYS]: ['team'] } }, { [KEYS]: [''] }, true],
  [{ 'ForAllValues:StringEquals': { [KEYS]: ['team'] }, Null: { [KEYS]: 'false' } }, {}, false],
  [{ 'ForAllValues:StringEquals': { [KEYS]: [] } }, { [KEYS]: ['team'] }, false],
  [{ 'ForAllValues:StringLike': { [KEYS]: ['team*'] } }, { [KEYS]: ['team', 'team-b'] }, true],
  [{ 'ForAllValues:StringLike': { [KEYS]: ['team*'] } }, { [KEYS]: ['team', 'cost'] }, false],
  [{ 'ForAllValues:StringNotEquals': { [KEYS]: ['secret'] } }, { [KEYS]: ['team', 'cost'] }, true],
  [{ 'ForAllValues:StringNotEquals': { [KEYS]: ['secret'] } }, { [KEYS]: ['team', 'secret'] }, false],
  [{ 'ForAllValues:StringNotEquals': { [KEYS]: ['secret'] } }, {}, true],
  [{ 'ForAllValues:StringEqualsIgnoreCase': { [KEYS]: ['TEAM'] } }, { [KEYS]: ['team', 'Team'] }, true],
  [{ 'ForAllValues:StringEqualsIfExists': { [KEYS]: ['team'] } }, {}, true],
  [{ 'ForAllValues:NumericLessThan': { 'test:numbers': '10' } }, { 'test:numbers': [1, 9] }, true],
  [{ 'ForAllValues:NumericLessThan': { 'test:numbers': '10' } }, { 'test:numbers': [1, 10] }, false],
  [{ 'ForAllValues:IpAddress': { 'test:ips': '10.0.0.0/8' } }, { 'test:ips': ['10.0.0.1', '10.1.1.1'] }, true],
  [{ 'ForAllValues:ArnLike': { 'test:arns': 'arn:aws:s3:::*' } }, { 'test:arns': ['arn:aws:s3:::a'] }, true],

  [{ 'ForAnyValue:StringEquals': { [KEYS]: ['team', 'cost'] } }, { [KEYS]: ['owner', 'cost'] }, true],
  [{ 'ForAnyValue:StringEquals': { [KEYS]: ['team', 'cost'] } }, { [KEYS]: ['owner'] }, false],
  [{ 'ForAnyValue:StringEquals': { [KEYS]: ['team'] } }, {}, false],
  [{ 'ForAnyValue:StringEquals': { [KEYS]: ['team'] } }, { [KEYS]: [] }, false],
  [{ 'ForAnyValue:StringEqualsIfExists': { [KEYS]: ['team'] } }, {}, true],
  [{ 'ForAnyValue:StringEqualsIfExists': { [KEYS]: ['team'] } }, { [KEYS]: ['cost'] }, false],
  [{ 'ForAnyValue:StringLike': { [KEYS]: ['t*'] } }, { [KEYS]: ['cost', 'team'] }, true],
  [{ 'ForAnyValue:StringLike': { [KEYS]: ['t*'] } }, { [KEYS]: ['cost', 'owner'] }, false],
  // One that is another is enough; without any there is none.
  [{ 'ForAnyValue:StringNotEquals': { [KEYS]: ['team'] } }, { [KEYS]: ['team', 'cost'] }, true],
  [{ 'ForAnyValue:StringNotEquals': { [KEYS]: ['team'] } }, { [KEYS]: ['team'] }, false],
  [{ 'ForAnyValue:StringNotEquals': { [KEYS]: ['team'] } }, {}, false],
  [{ 'ForAnyValue:Bool': { 'test:flags': 'true' } }, { 'test:flags': [false, true] }, true],

  // Without a set operator: one that fits is enough, and none may that is forbidden.
  [{ StringEquals: { [KEYS]: 'team' } }, { [KEYS]: ['cost', 'team'] }, true],
  [{ StringEquals: { [KEYS]: 'team' } }, { [KEYS]: ['cost'] }, false],
  [{ StringNotEquals: { [KEYS]: 'team' } }, { [KEYS]: ['cost', 'team'] }, false],
  [{ StringNotEquals: { [KEYS]: 'team' } }, { [KEYS]: ['cost', 'owner'] }, true],
];
