import { type Decided, decide, type Source } from '../../domain/access/decide.ts';
import { contextOf, grantsOf, type Holder } from '../../domain/access/holder.ts';
import { excerpt, type ServiceError, serviceError } from '../../protocol/errors.ts';
import { type AskedResource, actionsOf, resourceOf, toldBy } from './asked.ts';
import type { Passage } from './passage.ts';

export interface AccessGateParts {
  /** Who has signed a call. */
  identityOf(passage: Passage): Holder | undefined;
  /** `aws:userid` */
  userIdOf(holder: Holder): string;
  /** Refusals say why, as newer services do. */
  readonly reasons?: boolean;
}

/** Asks of each call whether policies let the one who signed it do what it is about, there or not. */
export const accessGate =
  ({ identityOf, userIdOf, reasons = false }: AccessGateParts) =>
  (passage: Passage): void => {
    // A session's token is all that its resources ask for.
    if (passage.operation.kind === 'resource') return;
    const holder = identityOf(passage);
    if (holder === undefined) throw serviceError('missingAuthenticationToken');
    const resource = resourceOf(passage);
    const question = {
      account: holder.account,
      resource: resource.arn,
      context: contextOf(toldBy(passage, resource), holder, userIdOf(holder)),
      ...grantsOf(holder),
    };
    for (const action of actionsOf(passage)) {
      const decided = decide({ ...question, action });
      passage.entry.access = { action, ...decided };
      if (decided.decision === 'allow') continue;
      passage.log.info(`${holder.principal} may not ${action} ${resource.arn}: ${why(decided)}.`);
      throw denied(holder, action, resource, reasons ? decided : undefined);
    }
  };

function denied(
  { principal }: Holder,
  action: string,
  { shown }: AskedResource,
  decided: Decided | undefined,
): ServiceError {
  const reason = decided && reasonOf(decided, action);
  return serviceError('accessDenied', principal, action, shown && excerpt(shown), reason);
}

const SOURCES: Readonly<Record<Source, string>> = {
  identity: 'identity-based policy',
  boundary: 'permissions boundary',
  session: 'session policy',
  trust: 'role trust policy',
};

function reasonOf({ decision, source }: Decided, action: string): string {
  const name = SOURCES[source];
  if (decision === 'implicitDeny') return `because no ${name} allows the ${action} action`;
  return `with an explicit deny in ${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}

/** Which statement it was, for the log. */
function why({ source, by }: Decided): string {
  if (by === undefined) return `no ${SOURCES[source]} allows it`;
  const sid = by.sid === undefined ? '' : ` (${by.sid})`;
  return `statement ${by.statement}${sid} of ${SOURCES[source]} ${by.policy} denies it`;
}
