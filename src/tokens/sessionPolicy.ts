import { readPolicy } from '../domain/access/policy.ts';
import { PolicyError } from '../domain/access/policyError.ts';
import type { Policy } from '../domain/credentials/identity.ts';
import { StsError } from './stsError.ts';

/** AWS takes that much of a policy that comes with a request. */
const LONGEST_POLICY = 2048;

/** The policy that narrows a session. */
export function sessionPolicy(text: string | undefined): Policy | undefined {
  if (text === undefined) return undefined;
  if (text.length > LONGEST_POLICY) {
    const told = `The session policy is longer than ${LONGEST_POLICY} characters.`;
    throw new StsError('PackedPolicyTooLarge', 400, told);
  }
  const malformed = (what: string): StsError => new StsError('MalformedPolicyDocument', 400, what);
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch (error) {
    throw malformed(`The policy is not JSON: ${(error as Error).message}`);
  }
  try {
    readPolicy(policy);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw malformed(error.path === '' ? error.message : `${error.message} (${error.path})`);
  }
  return policy as Policy;
}
