import type { Holder } from './holder.ts';

/** Who is known, by access key or by principal. */
export interface Holders {
  byAccessKey(id: string): Holder | undefined;
  byPrincipal(arn: string): Holder | undefined;
  /** `aws:userid` */
  userIdOf(holder: Holder): string;
}

const EVERYTHING = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'Everything', Effect: 'Allow', Action: '*', Resource: '*' }],
};
const ACCOUNT = /^\d{12}$/;
const USER = /^arn:[a-z-]+:iam::(\d{12}):user\/(?:.*\/)?([^/]+)$/;

/**
 * Those who are known as long as nobody has set credentials: `test` of an account of its own, and accounts by their
 * numbers, all of whom may do everything in their account.
 */
export function everybody(own: { readonly account: string }): Holders {
  const holderOf = (name: string): Holder | undefined => {
    const account = ACCOUNT.test(name) ? name : name === 'test' ? own.account : undefined;
    if (account === undefined) return undefined;
    return {
      principal: `arn:aws:iam::${account}:user/${name}`,
      account,
      policies: [EVERYTHING],
      boundary: undefined,
      sessionPolicies: [],
      tags: new Map(),
      context: new Map(),
    };
  };
  return {
    byAccessKey: holderOf,
    byPrincipal(arn) {
      const holder = holderOf(USER.exec(arn)?.[2] ?? '');
      return holder?.principal === arn ? holder : undefined;
    },
    userIdOf: ({ principal }) => principal.slice(principal.lastIndexOf('/') + 1),
  };
}
