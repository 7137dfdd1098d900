import type { Identity, Policy } from './identity.ts';

export interface SessionWish {
  readonly name: string;
  readonly policy?: Policy | undefined;
  readonly tags?: ReadonlyMap<string, string>;
  readonly context?: Identity['context'];
}

/** Whose a temporary key is, as plain data: a role's that somebody has taken on, or that of a user's key. */
export type IssuedTo =
  | { readonly kind: 'session'; readonly role: string; readonly wish: SessionWish }
  | { readonly kind: 'user'; readonly accessKeyId: string; readonly caller: Identity };

/** Who is known at the moment. */
interface Known {
  role(arn: string): Pick<Identity, 'policies' | 'boundary'> | undefined;
  find(accessKeyId: string): { readonly identity: Identity } | undefined;
}

/** Somebody who has taken on a role. */
export const sessionOf = ({ arn }: { readonly arn: string }, wish: SessionWish): IssuedTo => ({
  kind: 'session',
  role: arn,
  wish,
});

/** With what the role or the user may do by now: nothing if that is there no more. */
export function identityNow(to: IssuedTo, known: Known): Identity {
  if (to.kind === 'user') return known.find(to.accessKeyId)?.identity ?? { ...to.caller, policies: [] };
  const { name, policy, tags = new Map(), context = new Map() } = to.wish;
  const { policies = [], boundary } = known.role(to.role) ?? {};
  const [, partition = 'aws', account = '', path = ''] = /^arn:([^:]+):iam::(\d{12}):role\/(.*)$/.exec(to.role) ?? [];
  return {
    principal: `arn:${partition}:sts::${account}:assumed-role/${path.split('/').at(-1)}/${name}`,
    ...{ account, policies, boundary, tags, context },
    sessionPolicies: policy === undefined ? [] : [policy],
  };
}
