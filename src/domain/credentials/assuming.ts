import { fits } from '../access/wildcards.ts';
import type { Credentials, Role } from './credentials.ts';
import { accountOf, type Identity, type Policy, roleOf } from './identity.ts';

/** Whether a role may be assumed by somebody with that principal. */
export const trusts = (role: Role, caller: Pick<Identity, 'principal' | 'account'>): boolean =>
  names(role, caller) || role.trusts.some((pattern) => isAccount(pattern, caller.account));

/** The same of one that the role trusts by their own name, and not as one of an account. */
export const names = ({ trusts: patterns }: Role, { principal }: Pick<Identity, 'principal'>): boolean =>
  patterns.some((pattern) => fits(pattern, principal) || fits(pattern, roleOf(principal)));

/** The same of somebody whom another provider of identities vouches for. */
export const trustsProvider = ({ trusts: patterns, arn }: Role, provider: string): boolean =>
  patterns.some((pattern) =>
    [provider, `arn:aws:iam::${accountOf(arn)}:oidc-provider/${provider}`].some((name) => fits(pattern, name)),
  );

const isAccount = (pattern: string, account: string): boolean =>
  pattern === account || new RegExp(`^arn:[a-z-]+:iam::${account}:root$`).test(pattern);

export interface SessionWish {
  readonly name: string;
  readonly policy?: Policy | undefined;
  readonly tags?: ReadonlyMap<string, string>;
  readonly context?: Identity['context'];
}

/** Somebody who has taken on a role, with what the role may do by now: nothing if it is there no more. */
export const sessionNow =
  (credentials: Credentials, { arn }: Role, wish: SessionWish) =>
  (): Identity => {
    const gone: Role = { arn, trusts: [], policies: [], boundary: undefined, maxSessionMs: 0 };
    return sessionOf(credentials.role(arn) ?? gone, wish);
  };

function sessionOf(role: Role, { name, policy, tags = new Map(), context = new Map() }: SessionWish): Identity {
  const [, partition = 'aws', account = '', path = ''] = /^arn:([^:]+):iam::(\d{12}):role\/(.*)$/.exec(role.arn) ?? [];
  return {
    principal: `arn:${partition}:sts::${account}:assumed-role/${path.split('/').at(-1)}/${name}`,
    account,
    policies: role.policies,
    boundary: role.boundary,
    sessionPolicies: policy === undefined ? [] : [policy],
    tags,
    context,
  };
}

/** A temporary key as it is handed out. */
export interface Handed {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken: string;
  /** On the machine's clock, by which clients look whether it is time for another; ms since the epoch. */
  readonly Expiration: number;
}

/** Gives out a key. It lives on the emulator's clock, and says on the machine's for how long. */
export function handOut(credentials: Credentials, identityNow: () => Identity, ms: number, wallNow: number): Handed {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials.issue(identityNow, ms);
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: wallNow + ms,
  };
}
