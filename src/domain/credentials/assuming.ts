import { fits } from '../access/wildcards.ts';
import type { Credentials, Role } from './credentials.ts';
import { accountOf, type Identity, roleOf } from './identity.ts';
import type { IssuedTo } from './issuedTo.ts';

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

/** A temporary key as it is handed out. */
export interface Handed {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken: string;
  /** On the machine's clock, by which clients look whether it is time for another; ms since the epoch. */
  readonly Expiration: number;
}

/** Gives out a key. It lives on the emulator's clock, and says on the machine's for how long. */
export function handOut(credentials: Credentials, to: IssuedTo, ms: number, wallNow: number): Handed {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials.issue(to, ms);
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: wallNow + ms,
  };
}
