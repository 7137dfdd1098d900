// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of policies look like this
// Whole policies, what is asked of them, and what is decided.
import type { ContextValue } from '../../../../src/domain/access/context.ts';

export type Decision = 'allow' | 'explicitDeny' | 'implicitDeny';

export interface Case {
  readonly what: string;
  readonly policies?: readonly object[];
  readonly boundary?: object;
  readonly sessionPolicies?: readonly object[];
  /** The action without its prefix, the resource, what is known besides, and the decision. */
  readonly asked: readonly (readonly [
    action: string,
    resource: string,
    context: Readonly<Record<string, ContextValue>>,
    decision: Decision,
  ])[];
}

const REGION = 'arn:aws:kinesisvideo:us-east-1:000000000000';
const DOOR = `${REGION}:stream/door/1893456000000`;
const CAM_1 = `${REGION}:stream/cam-1/1893456000000`;
const CAM_2 = `${REGION}:stream/cam-2/1893456000000`;
const FRONT = `${REGION}:channel/front/1893456000000`;
const OTHERS = 'arn:aws:kinesisvideo:us-east-1:111111111111:stream/door/1893456000000';

/** A policy of these statements. */
const policy = (...Statement: readonly object[]): object => ({ Version: '2012-10-17', Statement });
const allow = (rest: object): object => ({ Effect: 'Allow', ...rest });
const deny = (rest: object): object => ({ Effect: 'Deny', ...rest });
const on = (Action: unknown, Resource: unknown = '*'): object => ({ Action, Resource });
const all = policy(allow(on('*')));

export const statements: readonly Case[] = [
  {
    what: 'nothing is allowed by itself',
    policies: [],
    asked: [
      ['PutMedia', DOOR, {}, 'implicitDeny'],
      ['ListStreams', '*', {}, 'implicitDeny'],
    ],
  },
  {
    what: 'a policy without statements says nothing',
    policies: [policy()],
    asked: [['PutMedia', DOOR, {}, 'implicitDeny']],
  },
  {
    what: 'one statement without a list',
    policies: [{ Version: '2012-10-17', Statement: allow(on('kinesisvideo:PutMedia')) }],
    asked: [
      ['PutMedia', DOOR, {}, 'allow'],
      ['GetMedia', DOOR, {}, 'implicitDeny'],
    ],
  },
  {
    what: 'a deny is heard wherever it stands',
    policies: [policy(deny(on('kinesisvideo:DeleteStream')), allow(on('kinesisvideo:*')))],
    asked: [
      ['DeleteStream', DOOR, {}, 'explicitDeny'],
      ['DeleteSignalingChannel', FRONT, {}, 'allow'],
    ],
  },
  {
    what: 'a deny of another policy as well',
    policies: [all, policy(deny(on('kinesisvideo:*', `${REGION}:stream/cam-1/*`)))],
    asked: [
      ['GetMedia', CAM_1, {}, 'explicitDeny'],
      ['GetMedia', CAM_2, {}, 'allow'],
      ['ListStreams', '*', {}, 'allow'],
    ],
  },
  {
    what: 'a deny of what nobody allows is explicit',
    policies: [policy(deny(on('kinesisvideo:PutMedia')))],
    asked: [
      ['PutMedia', DOOR, {}, 'explicitDeny'],
      ['GetMedia', DOOR, {}, 'implicitDeny'],
    ],
  },
  {
    what: 'a deny under a condition that does not hold says nothing',
    policies: [policy(allow(on('*')), deny({ ...on('*'), Condition: { Bool: { 'aws:SecureTransport': 'false' } } }))],
    asked: [
      ['PutMedia', DOOR, { 'aws:SecureTransport': 'true' }, 'allow'],
      ['PutMedia', DOOR, { 'aws:SecureTransport': 'false' }, 'explicitDeny'],
      ['PutMedia', DOOR, {}, 'allow'],
    ],
  },
  {
    what: 'several policies add up',
    policies: [policy(allow(on('kinesisvideo:PutMedia'))), policy(allow(on('kinesisvideo:GetMedia')))],
    asked: [
      ['PutMedia', DOOR, {}, 'allow'],
      ['GetMedia', DOOR, {}, 'allow'],
      ['GetClip', DOOR, {}, 'implicitDeny'],
    ],
  },
  {
    what: 'NotAction allows the rest',
    policies: [policy(allow({ NotAction: ['kinesisvideo:Delete*', 'iam:*'], Resource: '*' }))],
    asked: [
      ['PutMedia', DOOR, {}, 'allow'],
      ['ListStreams', '*', {}, 'allow'],
      ['DeleteStream', DOOR, {}, 'implicitDeny'],
      ['DeleteEdgeConfiguration', DOOR, {}, 'implicitDeny'],
    ],
  },
  {
    what: 'NotAction in a deny leaves only what it names',
    policies: [all, policy(deny({ NotAction: 'kinesisvideo:Get*', Resource: '*' }))],
    asked: [
      ['GetMedia', DOOR, {}, 'allow'],
      ['PutMedia', DOOR, {}, 'explicitDeny'],
    ],
  },
  {
    what: 'NotResource allows the others',
    policies: [policy(allow({ Action: '*', NotResource: [`${REGION}:stream/door/*`, `${REGION}:channel/*`] }))],
    asked: [
      ['GetMedia', CAM_1, {}, 'allow'],
      ['GetMedia', DOOR, {}, 'implicitDeny'],
      ['ConnectAsMaster', FRONT, {}, 'implicitDeny'],
      ['ListStreams', '*', {}, 'allow'],
    ],
  },
  {
    what: 'NotResource in a deny leaves only those',
    policies: [all, policy(deny({ Action: 'kinesisvideo:*', NotResource: `${REGION}:stream/cam-1/*` }))],
    asked: [
      ['GetMedia', CAM_1, {}, 'allow'],
      ['GetMedia', CAM_2, {}, 'explicitDeny'],
      ['ListStreams', '*', {}, 'explicitDeny'],
    ],
  },
  {
    what: 'a variable of NotResource that stands for nothing makes the statement say nothing',
    policies: [all, policy(deny({ Action: '*', NotResource: 'arn:aws:kinesisvideo:*:*:stream/${aws:username}/*' }))],
    asked: [
      ['GetMedia', CAM_1, { 'aws:username': 'cam-1' }, 'allow'],
      ['GetMedia', CAM_1, { 'aws:username': 'cam-2' }, 'explicitDeny'],
      ['GetMedia', CAM_1, {}, 'allow'],
    ],
  },
  {
    what: 'two keys of a condition in a deny must both hold',
    policies: [
      all,
      policy(
        deny({
          ...on('kinesisvideo:*'),
          Condition: { StringEquals: { 'aws:username': 'ada' }, NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
        }),
      ),
    ],
    asked: [
      ['GetMedia', DOOR, { 'aws:username': 'ada', 'aws:SourceIp': '192.0.2.1' }, 'explicitDeny'],
      ['GetMedia', DOOR, { 'aws:username': 'ada', 'aws:SourceIp': '10.0.0.1' }, 'allow'],
      ['GetMedia', DOOR, { 'aws:username': 'bob', 'aws:SourceIp': '192.0.2.1' }, 'allow'],
    ],
  },
  {
    what: 'a negated condition of a deny holds where the key is missing',
    policies: [all, policy(deny({ ...on('*'), Condition: { StringNotEquals: { 'aws:ResourceTag/team': 'a' } } }))],
    asked: [
      ['GetMedia', DOOR, { 'aws:ResourceTag/team': 'a' }, 'allow'],
      ['GetMedia', DOOR, { 'aws:ResourceTag/team': 'b' }, 'explicitDeny'],
      ['GetMedia', DOOR, {}, 'explicitDeny'],
    ],
  },
  {
    what: 'nobody is let in from another account, but a deny is heard',
    policies: [policy(allow(on('*')), deny(on('kinesisvideo:DeleteStream')))],
    asked: [
      ['GetMedia', OTHERS, {}, 'implicitDeny'],
      ['DeleteStream', OTHERS, {}, 'explicitDeny'],
      ['GetMedia', DOOR, {}, 'allow'],
    ],
  },
];

export const bounded: readonly Case[] = [
  {
    what: 'a boundary allows nothing by itself',
    policies: [],
    boundary: all,
    asked: [['PutMedia', DOOR, {}, 'implicitDeny']],
  },
  {
    what: 'a boundary leaves what both allow',
    policies: [policy(allow(on(['kinesisvideo:PutMedia', 'kinesisvideo:GetMedia'])))],
    boundary: policy(allow(on(['kinesisvideo:GetMedia', 'kinesisvideo:GetClip']))),
    asked: [
      ['GetMedia', DOOR, {}, 'allow'],
      ['PutMedia', DOOR, {}, 'implicitDeny'],
      ['GetClip', DOOR, {}, 'implicitDeny'],
    ],
  },
  {
    what: 'a deny of a boundary is heard',
    policies: [all],
    boundary: policy(allow(on('*')), deny(on('kinesisvideo:Delete*'))),
    asked: [
      ['DeleteStream', DOOR, {}, 'explicitDeny'],
      ['GetMedia', DOOR, {}, 'allow'],
    ],
  },
  {
    what: 'an empty boundary leaves nothing',
    policies: [all],
    boundary: policy(),
    asked: [['GetMedia', DOOR, {}, 'implicitDeny']],
  },
  {
    what: 'a boundary with a region',
    policies: [all],
    boundary: policy(allow({ ...on('*'), Condition: { StringEquals: { 'aws:RequestedRegion': ['us-east-1'] } } })),
    asked: [
      ['GetMedia', DOOR, { 'aws:RequestedRegion': 'us-east-1' }, 'allow'],
      ['GetMedia', DOOR, { 'aws:RequestedRegion': 'eu-west-1' }, 'implicitDeny'],
      ['GetMedia', DOOR, {}, 'implicitDeny'],
    ],
  },
  {
    what: 'a session policy narrows a role',
    policies: [policy(allow(on('kinesisvideo:*')))],
    sessionPolicies: [policy(allow(on('kinesisvideo:GetMedia', `${REGION}:stream/cam-1/*`)))],
    asked: [
      ['GetMedia', CAM_1, {}, 'allow'],
      ['GetMedia', CAM_2, {}, 'implicitDeny'],
      ['PutMedia', CAM_1, {}, 'implicitDeny'],
    ],
  },
  {
    what: 'a session policy gives nothing that the role has not',
    policies: [policy(allow(on('kinesisvideo:GetMedia')))],
    sessionPolicies: [all],
    asked: [
      ['GetMedia', DOOR, {}, 'allow'],
      ['PutMedia', DOOR, {}, 'implicitDeny'],
    ],
  },
  {
    what: 'a deny of a session policy is heard',
    policies: [all],
    sessionPolicies: [policy(allow(on('*')), deny(on('kinesisvideo:PutMedia')))],
    asked: [
      ['PutMedia', DOOR, {}, 'explicitDeny'],
      ['GetMedia', DOOR, {}, 'allow'],
    ],
  },
  {
    what: 'of several session policies each must allow',
    policies: [all],
    sessionPolicies: [
      policy(allow(on(['kinesisvideo:GetMedia', 'kinesisvideo:GetClip']))),
      policy(allow(on(['kinesisvideo:GetMedia', 'kinesisvideo:PutMedia']))),
    ],
    asked: [
      ['GetMedia', DOOR, {}, 'allow'],
      ['PutMedia', DOOR, {}, 'implicitDeny'],
      ['GetClip', DOOR, {}, 'implicitDeny'],
    ],
  },
  {
    what: 'an empty session policy leaves nothing',
    policies: [all],
    sessionPolicies: [policy()],
    asked: [['GetMedia', DOOR, {}, 'implicitDeny']],
  },
  {
    what: 'no session policy takes nothing away',
    policies: [all],
    sessionPolicies: [],
    asked: [['GetMedia', DOOR, {}, 'allow']],
  },
  {
    what: 'role, boundary and session must each allow',
    policies: [policy(allow(on(['kinesisvideo:GetMedia', 'kinesisvideo:PutMedia', 'kinesisvideo:GetClip'])))],
    boundary: policy(allow(on(['kinesisvideo:GetMedia', 'kinesisvideo:PutMedia', 'kinesisvideo:GetImages']))),
    sessionPolicies: [policy(allow(on(['kinesisvideo:GetMedia', 'kinesisvideo:GetClip', 'kinesisvideo:GetImages'])))],
    asked: [
      ['GetMedia', DOOR, {}, 'allow'],
      ['PutMedia', DOOR, {}, 'implicitDeny'],
      ['GetClip', DOOR, {}, 'implicitDeny'],
      ['GetImages', DOOR, {}, 'implicitDeny'],
    ],
  },
];

/** What people write for KVS. */
export const shapes: readonly Case[] = [
  {
    what: 'to look and not to touch',
    policies: [policy(allow(on(['kinesisvideo:Describe*', 'kinesisvideo:Get*', 'kinesisvideo:List*'])))],
    asked: [
      ['DescribeStream', DOOR, {}, 'allow'],
      ['GetMedia', DOOR, {}, 'allow'],
      ['GetHLSStreamingSessionURL', DOOR, {}, 'allow'],
      ['ListStreams', '*', {}, 'allow'],
      ['ListFragments', DOOR, {}, 'allow'],
      ['DescribeSignalingChannel', FRONT, {}, 'allow'],
      ['PutMedia', DOOR, {}, 'implicitDeny'],
      ['ConnectAsViewer', FRONT, {}, 'implicitDeny'],
      ['TagStream', DOOR, {}, 'implicitDeny'],
    ],
  },
  {
    what: 'to write one stream, by its whole ARN',
    policies: [policy(allow(on('kinesisvideo:PutMedia', DOOR)))],
    asked: [
      ['PutMedia', DOOR, {}, 'allow'],
      ['PutMedia', `${REGION}:stream/door/1893456000001`, {}, 'implicitDeny'],
      ['PutMedia', CAM_1, {}, 'implicitDeny'],
      ['GetDataEndpoint', DOOR, {}, 'implicitDeny'],
    ],
  },
  {
    what: 'to write one stream, whenever it was made',
    policies: [policy(allow(on('kinesisvideo:PutMedia', `${REGION}:stream/door/*`)))],
    asked: [
      ['PutMedia', DOOR, {}, 'allow'],
      ['PutMedia', `${REGION}:stream/door/*`, {}, 'allow'],
      ['PutMedia', `${REGION}:stream/door-2/1893456000000`, {}, 'implicitDeny'],
    ],
  },
  {
    what: 'a device, by the name of its thing',
    policies: [
      policy(
        allow(
          on(
            [
              'kinesisvideo:DescribeStream',
              'kinesisvideo:PutMedia',
              'kinesisvideo:TagStream',
              'kinesisvideo:GetDataEndpoint',
            ],
            'arn:aws:kinesisvideo:*:*:stream/${credentials-iot:ThingName}/*',
          ),
        ),
      ),
    ],
    asked: [
      ['PutMedia', CAM_1, { 'credentials-iot:ThingName': 'cam-1' }, 'allow'],
      ['GetDataEndpoint', CAM_1, { 'credentials-iot:ThingName': 'cam-1' }, 'allow'],
      ['PutMedia', CAM_2, { 'credentials-iot:ThingName': 'cam-1' }, 'implicitDeny'],
      ['GetMedia', CAM_1, { 'credentials-iot:ThingName': 'cam-1' }, 'implicitDeny'],
      ['PutMedia', CAM_1, {}, 'implicitDeny'],
    ],
  },
  {
    what: 'a device, by the id of its certificate or its type',
    policies: [
      policy(
        allow(on('kinesisvideo:PutMedia', 'arn:aws:kinesisvideo:*:*:stream/${credentials-iot:AwsCertificateId}/*')),
        allow(on('kinesisvideo:GetMedia', 'arn:aws:kinesisvideo:*:*:stream/${credentials-iot:ThingTypeName}-*/*')),
      ),
    ],
    asked: [
      ['PutMedia', CAM_1, { 'credentials-iot:AwsCertificateId': 'cam-1' }, 'allow'],
      ['PutMedia', CAM_1, { 'credentials-iot:AwsCertificateId': 'b7f1' }, 'implicitDeny'],
      ['GetMedia', CAM_1, { 'credentials-iot:ThingTypeName': 'cam' }, 'allow'],
      ['GetMedia', CAM_1, { 'credentials-iot:ThingTypeName': 'door' }, 'implicitDeny'],
    ],
  },
  {
    what: 'an ARN without a region, as a guide prints it, is of no stream',
    policies: [policy(allow(on('kinesisvideo:*', 'arn:aws:kinesisvideo::*:stream/*')))],
    asked: [
      ['PutMedia', DOOR, {}, 'implicitDeny'],
      ['ListStreams', '*', {}, 'implicitDeny'],
    ],
  },
  {
    what: 'lists have no resource: an ARN does not allow them',
    policies: [policy(allow(on('kinesisvideo:*', 'arn:aws:kinesisvideo:*:*:stream/*')))],
    asked: [
      ['ListStreams', '*', {}, 'implicitDeny'],
      ['ListSignalingChannels', '*', {}, 'implicitDeny'],
      ['ListEdgeAgentConfigurations', '*', {}, 'implicitDeny'],
      ['ListTagsForStream', DOOR, {}, 'allow'],
    ],
  },
  {
    what: 'streams of a team, by their tags',
    policies: [
      policy(
        allow({
          ...on('kinesisvideo:*'),
          Condition: { StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } },
        }),
      ),
    ],
    asked: [
      ['GetMedia', DOOR, { 'aws:ResourceTag/team': 'a', 'aws:PrincipalTag/team': 'a' }, 'allow'],
      ['GetMedia', DOOR, { 'aws:ResourceTag/team': 'b', 'aws:PrincipalTag/team': 'a' }, 'implicitDeny'],
      ['GetMedia', DOOR, { 'aws:PrincipalTag/team': 'a' }, 'implicitDeny'],
      ['GetMedia', DOOR, { 'aws:ResourceTag/team': 'a' }, 'implicitDeny'],
    ],
  },
  {
    what: 'to make streams with a tag, and no other',
    policies: [
      policy(
        allow({
          ...on(['kinesisvideo:CreateStream', 'kinesisvideo:TagStream']),
          Condition: {
            StringEquals: { 'aws:RequestTag/team': 'a' },
            'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] },
          },
        }),
      ),
    ],
    asked: [
      ['CreateStream', DOOR, { 'aws:RequestTag/team': 'a', 'aws:TagKeys': ['team'] }, 'allow'],
      ['CreateStream', DOOR, { 'aws:RequestTag/team': 'b', 'aws:TagKeys': ['team'] }, 'implicitDeny'],
      [
        'CreateStream',
        DOOR,
        { 'aws:RequestTag/team': 'a', 'aws:RequestTag/x': '1', 'aws:TagKeys': ['team', 'x'] },
        'implicitDeny',
      ],
      ['CreateStream', DOOR, {}, 'implicitDeny'],
    ],
  },
  {
    what: 'a master of one channel, viewers of all',
    policies: [
      policy(
        allow(on('kinesisvideo:ConnectAsMaster', `${REGION}:channel/front/*`)),
        allow(on(['kinesisvideo:ConnectAsViewer', 'kinesisvideo:GetSignalingChannelEndpoint'], `${REGION}:channel/*`)),
      ),
    ],
    asked: [
      ['ConnectAsMaster', FRONT, {}, 'allow'],
      ['ConnectAsMaster', `${REGION}:channel/back/1893456000000`, {}, 'implicitDeny'],
      ['ConnectAsViewer', `${REGION}:channel/back/1893456000000`, {}, 'allow'],
      ['GetIceServerConfig', FRONT, {}, 'implicitDeny'],
    ],
  },
];
