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
  /** Throws an Error with what is wrong with a policy. */
  readonly checkPolicy?: ((document: Policy) => void) | undefined;
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
export function sessionPolicy(text: string | undefined, { checkPolicy }: TokenServices): Policy | undefined {
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
  if (typeof policy !== 'object' || policy === null || Array.isArray(policy))
    throw malformed('The policy is no object.');
  try {
    checkPolicy?.(policy as Policy);
  } catch (error) {
    throw malformed((error as Error).message);
  }
  return policy as Policy;
}
