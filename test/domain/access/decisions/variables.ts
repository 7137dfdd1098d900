// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of policies look like this
// What stands in a policy for something of the request.
import type { ContextValue } from '../../../../src/domain/access/context.ts';
import type { ConditionRow } from './conditions.ts';

const USER = 'aws:username';
const TEAM = 'aws:ResourceTag/team';
const MINE = 'aws:PrincipalTag/team';

export const inConditions: readonly ConditionRow[] = [
  [{ StringEquals: { [TEAM]: '${aws:PrincipalTag/team}' } }, { [TEAM]: 'a', [MINE]: 'a' }, true],
  [{ StringEquals: { [TEAM]: '${aws:PrincipalTag/team}' } }, { [TEAM]: 'a', [MINE]: 'b' }, false],
  [{ StringEquals: { [TEAM]: '${AWS:principaltag/TEAM}' } }, { [TEAM]: 'a', [MINE]: 'a' }, true],
  [{ StringEquals: { [TEAM]: '${aws:PrincipalTag/team}' } }, { [TEAM]: 'a' }, false],
  [{ StringEquals: { [TEAM]: "${aws:PrincipalTag/team, 'none'}" } }, { [TEAM]: 'none' }, true],
  [{ StringEquals: { [TEAM]: "${aws:PrincipalTag/team, 'none'}" } }, { [TEAM]: 'none', [MINE]: 'a' }, false],
  [{ StringEquals: { [TEAM]: "${aws:PrincipalTag/team,'none'}" } }, { [TEAM]: 'none' }, true],
  [{ StringEquals: { [TEAM]: "${aws:PrincipalTag/team, ''}" } }, { [TEAM]: '' }, true],
  [{ StringEquals: { [TEAM]: 'x-${aws:username}-y' } }, { [TEAM]: 'x-ada-y', [USER]: 'ada' }, true],
  [
    { StringEquals: { [TEAM]: '${aws:username}/${aws:userid}' } },
    { [TEAM]: 'a/b', [USER]: 'a', 'aws:userid': 'b' },
    true,
  ],
  [{ StringLike: { [TEAM]: '${aws:username}-*' } }, { [TEAM]: 'ada-1', [USER]: 'ada' }, true],
  // In a value stars and marks are what they are.
  [{ StringLike: { [TEAM]: '${aws:username}' } }, { [TEAM]: 'anything', [USER]: '*' }, false],
  [{ StringLike: { [TEAM]: '${aws:username}' } }, { [TEAM]: '*', [USER]: '*' }, true],
  [{ StringLike: { [TEAM]: '${aws:username}' } }, { [TEAM]: 'ada', [USER]: 'a?a' }, false],
  // The signs themselves.
  [{ StringLike: { [TEAM]: 'a${*}' } }, { [TEAM]: 'a*' }, true],
  [{ StringLike: { [TEAM]: 'a${*}' } }, { [TEAM]: 'ab' }, false],
  [{ StringLike: { [TEAM]: 'a${?}*' } }, { [TEAM]: 'a?c' }, true],
  [{ StringLike: { [TEAM]: 'a${?}*' } }, { [TEAM]: 'abc' }, false],
  [{ StringEquals: { [TEAM]: 'a${$}{b}' } }, { [TEAM]: 'a${b}' }, true],
  [{ StringEquals: { [TEAM]: 'a${*}b' } }, { [TEAM]: 'a*b' }, true],
  [{ StringEquals: { [TEAM]: 'cost $5' } }, { [TEAM]: 'cost $5' }, true],
  // What stands for nothing fits nothing, and its opposite neither.
  [{ StringNotEquals: { [TEAM]: '${aws:PrincipalTag/team}' } }, { [TEAM]: 'a', [MINE]: 'b' }, true],
  [{ StringNotEquals: { [TEAM]: '${aws:PrincipalTag/team}' } }, { [TEAM]: 'a' }, false],
  [{ StringNotLike: { [TEAM]: '${aws:PrincipalTag/team}*' } }, { [TEAM]: 'a' }, false],
  [{ StringEquals: { [TEAM]: ['${aws:PrincipalTag/team}', 'a'] } }, { [TEAM]: 'a' }, true],
  // Of several values nobody knows which is meant.
  [{ StringEquals: { [TEAM]: '${aws:TagKeys}' } }, { [TEAM]: 'a', 'aws:TagKeys': ['a', 'b'] }, false],
  [
    { 'ForAnyValue:StringEquals': { 'aws:TagKeys': '${aws:username}' } },
    { 'aws:TagKeys': ['x', 'ada'], [USER]: 'ada' },
    true,
  ],
  [
    { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/${aws:username}' } },
    { 'aws:PrincipalArn': 'arn:aws:iam::000000000000:user/ada', [USER]: 'ada' },
    true,
  ],
  [
    { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/${aws:username}' } },
    { 'aws:PrincipalArn': 'arn:aws:iam::000000000000:user/bob', [USER]: 'ada' },
    false,
  ],
  [
    { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/${aws:username}' } },
    { 'aws:PrincipalArn': 'arn:aws:iam::000000000000:user/bob' },
    false,
  ],
  [{ StringEqualsIgnoreCase: { [TEAM]: '${aws:username}' } }, { [TEAM]: 'ADA', [USER]: 'ada' }, true],
];

/** A policy of 2008 knows no variables: its text is what it is. */
export const in2008: readonly ConditionRow[] = [
  [{ StringEquals: { [TEAM]: '${aws:username}' } }, { [TEAM]: 'ada', [USER]: 'ada' }, false],
  [{ StringEquals: { [TEAM]: '${aws:username}' } }, { [TEAM]: '${aws:username}' }, true],
  [{ StringLike: { [TEAM]: '${aws:user*}' } }, { [TEAM]: '${aws:username}' }, true],
  [{ StringLike: { [TEAM]: '${*}' } }, { [TEAM]: '${x}' }, true],
  [{ StringEquals: { [TEAM]: '${' } }, { [TEAM]: '${' }, true],
];

/** The element Resource, what is known, the resource that is asked for, and whether it is taken. */
export type VariableRow = readonly [
  element: string | readonly string[],
  context: Readonly<Record<string, ContextValue>>,
  asked: string,
  takes: boolean,
];

const CAM = 'arn:aws:kinesisvideo:us-east-1:000000000000:stream/cam-1/1893456000000';
const THING = { 'credentials-iot:ThingName': 'cam-1' };

export const inResources: readonly VariableRow[] = [
  ['arn:aws:kinesisvideo:*:*:stream/${credentials-iot:ThingName}/*', THING, CAM, true],
  [
    'arn:aws:kinesisvideo:*:*:stream/${credentials-iot:ThingName}/*',
    { 'credentials-iot:ThingName': 'cam-2' },
    CAM,
    false,
  ],
  ['arn:aws:kinesisvideo:*:*:stream/${credentials-iot:ThingName}/*', {}, CAM, false],
  [
    'arn:aws:kinesisvideo:*:*:stream/${credentials-iot:ThingTypeName}-1/*',
    { 'credentials-iot:ThingTypeName': 'cam' },
    CAM,
    true,
  ],
  [
    'arn:aws:kinesisvideo:*:*:stream/${credentials-iot:AwsCertificateId}/*',
    { 'credentials-iot:AwsCertificateId': 'abc' },
    CAM,
    false,
  ],
  ['arn:aws:kinesisvideo:${aws:RequestedRegion}:*:stream/*', { 'aws:RequestedRegion': 'us-east-1' }, CAM, true],
  ['arn:aws:kinesisvideo:${aws:RequestedRegion}:*:stream/*', { 'aws:RequestedRegion': 'eu-west-1' }, CAM, false],
  ['arn:aws:kinesisvideo:*:${aws:PrincipalAccount}:stream/*', { 'aws:PrincipalAccount': '000000000000' }, CAM, true],
  ["arn:aws:kinesisvideo:*:*:stream/${aws:PrincipalTag/cam, 'cam-1'}/*", {}, CAM, true],
  [
    "arn:aws:kinesisvideo:*:*:stream/${aws:PrincipalTag/cam, 'cam-1'}/*",
    { 'aws:PrincipalTag/cam': 'cam-2' },
    CAM,
    false,
  ],
  // A device that calls itself `*` gets no more by it.
  ['arn:aws:kinesisvideo:*:*:stream/${credentials-iot:ThingName}/*', { 'credentials-iot:ThingName': '*' }, CAM, false],
  [
    'arn:aws:kinesisvideo:*:*:stream/${credentials-iot:ThingName}/*',
    { 'credentials-iot:ThingName': 'cam-?' },
    CAM,
    false,
  ],
  ['arn:aws:kinesisvideo:*:*:stream/${*}/*', {}, CAM, false],
  [['arn:aws:kinesisvideo:*:*:stream/${aws:username}/*', CAM], {}, CAM, true],
  [['arn:aws:kinesisvideo:*:*:stream/${aws:username}/*', 'arn:aws:s3:::x'], {}, CAM, false],
  [
    'arn:aws:kinesisvideo:*:*:stream/${aws:username}-${aws:PrincipalTag/n}/*',
    { 'aws:username': 'cam', 'aws:PrincipalTag/n': '1' },
    CAM,
    true,
  ],
];
