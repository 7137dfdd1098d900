import { decide } from '../domain/access/decide.ts';
import { contextOf, grantsOf, toldOf } from '../domain/access/holder.ts';
import { names, trusts } from '../domain/credentials/assuming.ts';
import type { Role } from '../domain/credentials/credentials.ts';
import { accountOf, type Identity, userIdOf } from '../domain/credentials/identity.ts';
import { toIso } from '../runtime/time.ts';
import type { ActionContext } from './action.ts';

const ACTION = 'sts:AssumeRole';

/**
 * Whether somebody may take on a role: the role has to trust them and, where policies are asked, theirs have to let them.
 * A role of their own account that trusts them by their name is enough without; what denies it is always heard.
 */
export function mayAssume({ passage, caller, asks }: ActionContext, role: Role): boolean {
  if (!trusts(role, caller)) return false;
  if (asks !== 'policies') return true;
  const decided = decide({
    ...grantsOf(caller),
    ...{ action: ACTION, resource: role.arn },
    // It is the role that says which accounts it is for.
    account: accountOf(role.arn) ?? caller.account,
    context: toldBy(passage, caller),
  });
  passage.entry.access = { action: ACTION, ...decided };
  if (decided.decision === 'implicitDeny') return accountOf(role.arn) === caller.account && names(role, caller);
  return decided.decision === 'allow';
}

function toldBy({ now, region, call, baseUrl }: ActionContext['passage'], caller: Identity) {
  const told = toldOf({ now: toIso(now), region }, Math.floor(now / 1000))
    .add('aws:SourceIp', call.address)
    .add('aws:SecureTransport', baseUrl.startsWith('https:'));
  return contextOf(told, caller, userIdOf(caller));
}
