import { handOut } from '../domain/credentials/assuming.ts';
import type { Role } from '../domain/credentials/credentials.ts';
import { type Identity, userIdOf } from '../domain/credentials/identity.ts';
import { identityNow, type SessionWish, sessionOf } from '../domain/credentials/issuedTo.ts';
import { list, object, string } from '../protocol/shapes.ts';
import { type ActionContext, credentialsElement } from './action.ts';
import { StsError } from './stsError.ts';
import type { Element } from './xml.ts';

/** Of the model of STS. */
export const arn = string({
  min: 20,
  max: 2048,
  pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u{10000}-\\u{10FFFF}]+',
});
export const name = string({ min: 2, max: 64, pattern: '[\\w+=,.@-]*' });
export const policyText = string({ min: 1, pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+' });
export const policyArns = list(object({ arn }));

const HOUR_S = 3600;

/** Takes on a role for so long, if the role lets anybody. */
export function beginSession(
  { credentials, wallNow }: ActionContext,
  role: Role,
  { seconds, policies, ...wish }: SessionWish & { seconds?: number | undefined; policies: number },
): Element {
  if (policies > 0) {
    const told = 'The emulator has no managed policies: say Policy instead of PolicyArns.';
    throw new StsError('MalformedPolicyDocument', 400, told);
  }
  if (seconds !== undefined && seconds * 1000 > role.maxSessionMs) {
    const told = 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.';
    throw new StsError('ValidationError', 400, told);
  }
  const session = sessionOf(role, wish);
  const key = handOut(credentials, session, Math.min((seconds ?? HOUR_S) * 1000, role.maxSessionMs), wallNow);
  return { Credentials: credentialsElement(key), AssumedRoleUser: assumed(identityNow(session, credentials)) };
}

const assumed = (identity: Identity): Element => ({ AssumedRoleId: userIdOf(identity), Arn: identity.principal });
