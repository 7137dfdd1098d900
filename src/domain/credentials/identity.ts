import { createHash } from 'node:crypto';
import type { Holder, PolicyDocument } from '../access/holder.ts';

/** A policy document, as it was given. */
export type Policy = PolicyDocument;

/** Who somebody is whose signature is good, and what is to be asked before they may do anything. */
export type Identity = Holder;

/** Somebody of whom nothing is known but the name. */
export const plainIdentity = (principal: string, account: string): Identity => ({
  principal,
  account,
  policies: [],
  boundary: undefined,
  sessionPolicies: [],
  tags: new Map(),
  context: new Map(),
});

export const EVERYTHING: Policy = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'Everything', Effect: 'Allow', Action: '*', Resource: '*' }],
};

const PRINCIPAL = /^arn:[a-z\d-]+:(?:iam|sts)::(\d{12}):/;

/** The ARN of the role that a session is of, as far as it can be told from the session's; else the principal itself. */
export const roleOf = (principal: string): string =>
  principal.replace(/^(arn:[a-z-]+):sts::(\d{12}):assumed-role\/([^/]+)\/.*$/, '$1:iam::$2:role/$3');

/** The account of a principal, or of a role. */
export const accountOf = (arn: string): string | undefined => PRINCIPAL.exec(arn)?.[1];

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** An id as IAM gives one: the same for the same ARN. `AIDA` is a user's, `AROA` a role's. */
function uniqueId(prefix: 'AIDA' | 'AROA', arn: string): string {
  const hash = createHash('sha256').update(arn).digest();
  return prefix + [...hash.subarray(0, 17)].map((byte) => ALPHABET[byte & 31]).join('');
}

/** `aws:userid` */
export function userIdOf({ principal, account }: Pick<Identity, 'principal' | 'account'>): string {
  const [, kind, name, session] = /:(root|user|assumed-role)(?:\/(.*?)(?:\/([^/]*))?)?$/.exec(principal) ?? [];
  if (kind === 'root') return account;
  if (kind !== 'assumed-role') return uniqueId('AIDA', principal);
  return `${uniqueId('AROA', `arn:aws:iam::${account}:role/${name}`)}:${session ?? ''}`;
}
