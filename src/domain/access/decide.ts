import type { Context } from './context.ts';
import type { Asked, Policy, Statement } from './policy.ts';
import type { Principal } from './principals.ts';

/** What an identity may do is said in up to three places, each of which must allow it. */
export interface Grants {
  readonly identityPolicies: readonly Policy[];
  /** The most that the identity's policies can allow. */
  readonly boundary?: Policy | undefined;
  /** Given when the credentials were asked for: each is the most that these can do. */
  readonly sessionPolicies?: readonly Policy[];
}

/** May this identity do this? */
export interface Question extends Grants {
  /** 12 digits: whose the identity is. */
  readonly account: string;
  /** `kinesisvideo:PutMedia` */
  readonly action: string;
  /** An ARN, or `*` for actions that have none. */
  readonly resource: string;
  readonly context: Context;
}

export type Decision = 'allow' | 'explicitDeny' | 'implicitDeny';
export type Source = 'identity' | 'boundary' | 'session' | 'trust';

/** Where a statement stands. */
export interface StatementPlace {
  readonly source: Source;
  /** Which policy of the source, and which statement of that, from 0. */
  readonly policy: number;
  readonly statement: number;
  readonly sid: string | undefined;
}

export interface Decided {
  readonly decision: Decision;
  /** Who decided. Of an implicit deny it is the source that does not allow it. */
  readonly source: Source;
  /** The statement that did; an implicit deny has none. */
  readonly by: StatementPlace | undefined;
}

/** A statement, and what it says to the question. */
export interface StatementVerdict extends StatementPlace {
  readonly effect: Statement['effect'];
  readonly matched: boolean;
  /** Which element did not match; or that all did. */
  readonly because: string;
}

/** Policies of which one must allow. */
interface Layer {
  readonly source: Source;
  readonly policies: readonly Policy[];
  /** Which one of its source the first of them is. */
  readonly first: number;
}

const layersOf = ({ identityPolicies, boundary, sessionPolicies = [] }: Grants): readonly Layer[] => [
  { source: 'identity', policies: identityPolicies, first: 0 },
  ...(boundary === undefined ? [] : [{ source: 'boundary', policies: [boundary], first: 0 } as const]),
  ...sessionPolicies.map((policy, first) => ({ source: 'session', policies: [policy], first }) as const),
];

/** KVS has no policies of resources: nobody can be let in from another account, but by taking a role there. */
const OTHER_ACCOUNT = 'Resource: it is of another account';

const askedOf = ({ action, resource, context }: Question): Asked => ({
  action: action.toLowerCase(),
  resource,
  context,
});

function isForeign({ account, resource }: Question): boolean {
  const owner = resource === '*' ? undefined : resource.split(':', 5)[4];
  return owner !== undefined && owner !== account && /^\d{12}$/.test(owner);
}

/** Any statement that denies is heard; without one, each layer must have one that allows. */
function among(layers: readonly Layer[], asked: Asked, foreign: boolean): Decided {
  let allowed: StatementPlace | undefined;
  let silent: Source | undefined;
  for (const { source, policies, first } of layers) {
    let allows: StatementPlace | undefined;
    for (let policy = 0; policy < policies.length; policy++) {
      const { statements } = policies[policy] as Policy;
      for (let statement = 0; statement < statements.length; statement++) {
        const one = statements[statement] as Statement;
        // A second one that allows would change nothing.
        if (one.effect === 'Allow' && (foreign || allows !== undefined)) continue;
        if (one.mismatch(asked) !== undefined) continue;
        const place = { source, policy: first + policy, statement, sid: one.sid };
        if (one.effect === 'Deny') return { decision: 'explicitDeny', source, by: place };
        allows = place;
      }
    }
    if (allows === undefined) silent ??= source;
    allowed ??= allows;
  }
  if (silent !== undefined) return { decision: 'implicitDeny', source: silent, by: undefined };
  return { decision: 'allow', source: layers[0]?.source ?? 'identity', by: allowed };
}

/** Decides as IAM does. */
export const decide = (question: Question): Decided =>
  among(layersOf(question), askedOf(question), isForeign(question));

/** The same, with what each statement says. */
export function explain(question: Question): Decided & { readonly statements: readonly StatementVerdict[] } {
  const [layers, asked, foreign] = [layersOf(question), askedOf(question), isForeign(question)];
  return { ...among(layers, asked, foreign), statements: verdicts(layers, asked, foreign) };
}

const verdicts = (layers: readonly Layer[], asked: Asked, foreign: boolean): StatementVerdict[] =>
  layers.flatMap(({ source, policies, first }) =>
    policies.flatMap(({ statements }, policy) =>
      statements.map((one, statement) => {
        const wrong = foreign && one.effect === 'Allow' ? OTHER_ACCOUNT : one.mismatch(asked);
        return {
          ...{ source, policy: first + policy, statement, sid: one.sid, effect: one.effect },
          matched: wrong === undefined,
          because: wrong ?? 'all of it matches',
        };
      }),
    ),
  );

/** Whether somebody may take a role: what the role's trust policy says to `sts:AssumeRole` and its like. */
export function decideTrust(
  policy: Policy,
  { principal, action, context }: { readonly principal: Principal; readonly action: string; readonly context: Context },
): Decided & { readonly statements: readonly StatementVerdict[] } {
  const layers: readonly Layer[] = [{ source: 'trust', policies: [policy], first: 0 }];
  const asked: Asked = { action: action.toLowerCase(), resource: '*', context, principal };
  return { ...among(layers, asked, false), statements: verdicts(layers, asked, false) };
}
