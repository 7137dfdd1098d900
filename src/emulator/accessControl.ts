import { type Decision, explain, type StatementVerdict } from '../domain/access/decide.ts';
import { contextOf, grantsOf, type Holder, type PolicyDocument, toldOf } from '../domain/access/holder.ts';
import { byArn, byName, type Homes, type Named, type Sort } from '../domain/access/named.ts';
import type { Credentials } from '../domain/credentials/credentials.ts';
import { accountOf, plainIdentity, userIdOf } from '../domain/credentials/identity.ts';
import type { Scope } from '../domain/resources/scope.ts';
import { anything, fraction, type Given, nullable, union } from '../protocol/ownShapes.ts';
import { boolean, list, map, required, string } from '../protocol/shapes.ts';
import { toIso } from '../runtime/time.ts';
import { ControlError } from './controlError.ts';
import { type ControlTable, readControl } from './controlInput.ts';
import { checkedPolicy } from './policyInput.ts';
import { region } from './whereShapes.ts';

const LONGEST = 2048;
const MOST = 100;
const HINT =
  'Send {"accessKeyId": "test", "action": "kinesisvideo:PutMedia", "resource": "door"}; "principal" or "policies" may ' +
  'stand for the access key.';

const text = string({ max: LONGEST });

export const explainRequest = {
  subject: 'What is to be explained',
  hint: HINT,
  members: {
    accessKeyId: string({ min: 1, max: 128, means: 'who asks' }),
    principal: string({
      pattern: 'arn:[a-z-]+:(iam|sts)::\\d{12}:.+',
      max: LONGEST,
      means: 'who asks, by the ARN',
      hint: 'Give an ARN like "arn:aws:iam::000000000000:user/device-1".',
    }),
    action: required(
      string({
        pattern: '[A-Za-z0-9-]+:[A-Za-z0-9]+',
        max: 128,
        means: 'such as kinesisvideo:PutMedia',
        hint: 'Give an action with its prefix, like "kinesisvideo:PutMedia".',
      }),
    ),
    resource: string({ min: 1, max: LONGEST, means: 'a name or an ARN; not said of actions that have none' }),
    region: { ...region, means: 'where the resource is, if it is given by name' },
    context: map(
      string({ pattern: '[A-Za-z0-9_-]+:.+', max: 256, hint: 'Give keys with their prefix, like "aws:SourceIp".' }),
      union(text, boolean(), fraction(), list(union(text, boolean(), fraction()), { max: MOST })),
      { max: MOST },
    ),
    policies: list(anything(), { max: MOST }),
    boundary: nullable(anything()),
    sessionPolicy: nullable(anything()),
  },
  together: (names) => {
    if (names.includes('accessKeyId') && names.includes('principal'))
      return ['"accessKeyId" and "principal" both say who asks.', 'principal'];
    if (names.some((name) => ['accessKeyId', 'principal', 'policies'].includes(name))) return undefined;
    return ['It does not say who asks.'];
  },
} as const satisfies ControlTable;

/**
 * Who (`accessKeyId` or `principal`) wants to do what (`action`) to which stream or channel (`resource`: a name or an
 * ARN). `context` is what only a request says, such as `aws:SourceIp`. `policies`, `boundary` and `sessionPolicy` are
 * asked instead of those that are known of whoever asks.
 */
export type ExplainRequest = Given<typeof explainRequest.members>;

/** What is decided, and what each statement says to it. */
export interface Explanation {
  readonly decision: Decision;
  readonly principal: string;
  readonly action: string;
  /** As policies see it. */
  readonly resource: string;
  readonly statements: readonly (Omit<StatementVerdict, 'sid'> & { readonly sid: string | null })[];
}

/** What policies allow. */
export interface EmulatorAccess {
  /** Decides as `--auth iam` does, and says why. Nothing is done. */
  explain(request: ExplainRequest): Explanation;
}

export interface AccessParts {
  readonly credentials: Pick<Credentials, 'find' | 'identityOf'>;
  readonly homes: Homes;
  /** Every action of the service, and what it is about. */
  readonly actions: ReadonlyMap<string, Sort>;
  readonly clock: { now(): number };
  /** Whose a thing is if it is not said. */
  readonly own: Scope;
}

export function accessControl({ credentials, homes, actions, clock, own }: AccessParts): EmulatorAccess {
  return {
    explain(request) {
      const read = readControl(explainRequest, request);
      const { action, region: at = own.region } = read;
      const holder = holderOf(read, credentials, own);
      const now = clock.now();
      const scope = { account: holder.account, region: at };
      const { arn, tags } = resourceOf(read, sortOf(action, actions), homes, scope);
      const told = toldOf({ now: toIso(now), region: at }, Math.floor(now / 1000)).addTags('aws:ResourceTag/', tags);
      const context = contextOf(told, withContext(holder, read.context), userIdOf(holder));
      const question = { account: holder.account, action, resource: arn, context, ...grantsOf(holder) };
      const { decision, statements } = explain(question);
      return {
        ...{ decision, principal: holder.principal, action, resource: arn },
        statements: statements.map((one) => ({ ...one, sid: one.sid ?? null })),
      };
    },
  };
}

type Read = ReturnType<typeof readControl<typeof explainRequest.members>>;

/** Who asks, with the policies that are to be asked. */
function holderOf(read: Read, credentials: AccessParts['credentials'], { account }: Scope): Holder {
  const { accessKeyId, principal, policies, boundary, sessionPolicy } = read;
  const known =
    accessKeyId === undefined ? credentials.identityOf(principal ?? '') : credentials.find(accessKeyId)?.identity;
  if (known === undefined && policies === undefined) {
    const [name, who] = accessKeyId === undefined ? ['principal', principal] : ['accessKeyId', accessKeyId];
    const message = `Nobody is known as ${JSON.stringify(who?.slice(0, 64))}.`;
    throw new ControlError(message, 'See GET /_kvs/credentials, or give "policies".', `/${name}`, 'missing');
  }
  const holder = known ?? nobody(principal ?? `arn:aws:iam::${account}:user/${accessKeyId ?? 'anybody'}`);
  const given = { boundary: document(boundary, '/boundary'), session: document(sessionPolicy, '/sessionPolicy') };
  return {
    ...holder,
    policies: policies?.map((one, at) => checkedPolicy(one, `/policies/${at}`)) ?? holder.policies,
    boundary: given.boundary === undefined ? holder.boundary : (given.boundary ?? undefined),
    sessionPolicies:
      given.session === undefined ? holder.sessionPolicies : given.session === null ? [] : [given.session],
  };
}

/** A policy; null says that there is none, undefined that nothing is said. */
const document = (given: unknown, path: string): PolicyDocument | null | undefined =>
  given === undefined || given === null ? given : checkedPolicy(given, path);

const nobody = (principal: string): Holder => plainIdentity(principal, accountOf(principal) ?? '');

function sortOf(action: string, actions: AccessParts['actions']): Sort | undefined {
  const wanted = action.toLowerCase();
  if (!wanted.startsWith('kinesisvideo:')) return undefined;
  for (const [name, sort] of actions) if (name.toLowerCase() === wanted) return sort;
  const message = `Kinesis Video Streams has no action ${JSON.stringify(action)}.`;
  throw new ControlError(message, 'Actions are called like operations: "kinesisvideo:PutMedia".', '/action');
}

function resourceOf({ resource, action }: Read, sort: Sort | undefined, homes: Homes, scope: Scope): Named {
  if (resource?.startsWith('arn:')) return byArn(homes, scope, resource);
  if (sort === 'none' || resource === '*' || (resource === undefined && sort === undefined)) {
    return { arn: '*', tags: [] };
  }
  if (resource !== undefined) return byName(homes, scope, sort ?? 'either', resource);
  throw new ControlError(`"resource" is missing: ${action} is about one.`, HINT, '/resource');
}

/** What is given counts before what is known. */
function withContext(holder: Holder, given: Read['context']): Holder {
  if (given === undefined) return holder;
  const texts = [...given].map(([key, one]) => [key, Array.isArray(one) ? one.map(String) : String(one)] as const);
  return { ...holder, context: new Map([...holder.context, ...texts]) };
}
