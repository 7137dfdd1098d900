import { readPolicy } from '../domain/access/policy.ts';
import { PolicyError } from '../domain/access/policyError.ts';
import type { Handed } from '../domain/credentials/assuming.ts';
import type { Credentials } from '../domain/credentials/credentials.ts';
import type { Identity, Policy } from '../domain/credentials/identity.ts';
import type { Passage } from '../operations/road/passage.ts';
import type { Infer, Structure } from '../protocol/shapes.ts';
import { toIso } from '../runtime/time.ts';
import type { Element } from './query.ts';
import { StsError } from './stsError.ts';

export interface TokenServices {
  readonly credentials: Credentials;
  /** Whether signatures are verified, and roles asked whom they trust. */
  readonly verifies: boolean;
}

export interface ActionContext extends TokenServices {
  readonly passage: Passage;
  readonly caller: Identity;
  readonly wallNow: number;
}

/** One action of STS. */
export interface Action<Input> {
  readonly name: string;
  /** Whoever has no key yet asks without a signature. */
  readonly unsigned?: true;
  readonly input: Structure<Input>;
  handle(context: ActionContext, input: Input): Element;
}

export const action = <S extends Structure<unknown>>(one: Action<Infer<S>> & { input: S }): Action<Infer<S>> => one;

/** Seconds alone, as STS and IoT write dates. */
export const toSeconds = (ms: number): string => toIso(ms).replace(/\.\d+Z$/, 'Z');

export const credentialsElement = ({ Expiration, ...rest }: Handed): Element => ({
  ...rest,
  Expiration: toSeconds(Expiration),
});

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
