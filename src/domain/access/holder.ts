import { type Context, ContextMaker } from './context.ts';
import type { Grants } from './decide.ts';
import { type Policy, readPolicy } from './policy.ts';

/** A policy document, as it was given. */
export type PolicyDocument = Readonly<Record<string, unknown>>;

/** Who asks, as far as policies want to know. */
export interface Holder {
  /** `arn:aws:iam::000000000000:user/camera`, `arn:aws:sts::000000000000:assumed-role/camera/session` */
  readonly principal: string;
  readonly account: string;
  readonly policies: readonly PolicyDocument[];
  readonly boundary: PolicyDocument | undefined;
  /** Each narrows what the others allow. */
  readonly sessionPolicies: readonly PolicyDocument[];
  readonly tags: ReadonlyMap<string, string>;
  /** What conditions may ask for besides what a request says; it counts before that. */
  readonly context: ReadonlyMap<string, string | readonly string[]>;
}

/** Each document is read once, however many requests it decides on. */
const read = new WeakMap<PolicyDocument, Policy>();

function policyOf(document: PolicyDocument): Policy {
  let policy = read.get(document);
  if (policy === undefined) {
    policy = readPolicy(document);
    read.set(document, policy);
  }
  return policy;
}

export const grantsOf = ({ policies, boundary, sessionPolicies }: Holder): Grants => ({
  identityPolicies: policies.map(policyOf),
  boundary: boundary && policyOf(boundary),
  sessionPolicies: sessionPolicies.map(policyOf),
});

const SESSION = /^(arn:[a-z-]+):sts::(\d{12}):assumed-role\/([^/]+)\/.*$/s;
const TYPES: Readonly<Record<string, string>> = {
  user: 'User',
  root: 'Account',
  'assumed-role': 'AssumedRole',
  'federated-user': 'FederatedUser',
};

/**
 * What is known of a request: `told` of the request itself, and of who asks. A role's session is known by the ARN of the
 * role here; only a user has a user name.
 */
export function contextOf(told: ContextMaker, holder: Holder, userId: string): Context {
  const { principal, account, tags, context } = holder;
  const [, kind = '', name] = /:(root|user|assumed-role|federated-user)(?:\/(?:.*\/)?([^/]+))?$/.exec(principal) ?? [];
  told
    .add('aws:PrincipalArn', principal.replace(SESSION, '$1:iam::$2:role/$3'))
    .add('aws:PrincipalAccount', account)
    .add('aws:PrincipalType', Object.hasOwn(TYPES, kind) ? TYPES[kind] : undefined)
    .add('aws:PrincipalIsAWSService', false)
    .add('aws:ViaAWSService', false)
    .add('aws:userid', userId)
    .add('aws:username', kind === 'user' ? name : undefined)
    .addTags('aws:PrincipalTag/', tags);
  for (const [key, value] of context) told.add(key, value);
  return told.keys;
}

/** What is always known besides. */
export const toldOf = (
  { now, region }: { readonly now: string; readonly region: string },
  seconds: number,
): ContextMaker =>
  new ContextMaker().add('aws:CurrentTime', now).add('aws:EpochTime', seconds).add('aws:RequestedRegion', region);
