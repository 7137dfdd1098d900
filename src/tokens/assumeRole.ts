import { integer, list, object, required, string, structure } from '../protocol/shapes.ts';
import { action } from './action.ts';
import { mayAssume } from './mayAssume.ts';
import { arn, beginSession, name, policyArns, policyText } from './roleSession.ts';
import { sessionPolicy } from './sessionPolicy.ts';
import { accessDenied, StsError } from './stsError.ts';

const tagKey = string({ min: 1, max: 128, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+' });
const tagValue = string({ min: 0, max: 256, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*' });
/** A session that takes on another role has an hour for it. */
const CHAINED_S = 3600;

export const assumeRole = action({
  name: 'AssumeRole',
  input: structure({
    RoleArn: required(arn),
    RoleSessionName: required(name),
    PolicyArns: policyArns,
    Policy: policyText,
    DurationSeconds: integer({ min: 900, max: 43_200 }),
    Tags: list(object({ Key: required(tagKey), Value: required(tagValue) }), { max: 50 }),
    TransitiveTagKeys: list(tagKey, { max: 50 }),
    ExternalId: string({ min: 2, max: 1224, pattern: '[\\w+=,.@:\\/\\-]*' }),
    SerialNumber: string({ min: 9, max: 256, pattern: '[\\w+=/:,.@\\-]*' }),
    TokenCode: string({ min: 6, max: 6, pattern: '[\\d]*' }),
    SourceIdentity: name,
  }),

  handle(context, { RoleArn, RoleSessionName, DurationSeconds, Tags = [], SourceIdentity, ...rest }) {
    const { credentials, caller, asks } = context;
    const role = credentials.role(RoleArn);
    if (role === undefined || (asks !== 'nothing' && !mayAssume(context, role))) {
      throw accessDenied(caller.principal, 'sts:AssumeRole', RoleArn);
    }
    if (caller.principal.includes(':assumed-role/') && (DurationSeconds ?? 0) > CHAINED_S) {
      const told = 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.';
      throw new StsError('ValidationError', 400, told);
    }
    const source = SourceIdentity === undefined ? [] : [['aws:SourceIdentity', SourceIdentity] as const];
    const session = beginSession(context, role, {
      name: RoleSessionName,
      seconds: DurationSeconds,
      policy: sessionPolicy(rest.Policy),
      policies: rest.PolicyArns?.length ?? 0,
      tags: new Map(Tags.map(({ Key, Value }) => [Key, Value])),
      context: new Map(source),
    });
    return { ...session, SourceIdentity };
  },
});
