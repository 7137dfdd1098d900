import { matchesGlob } from '../access/glob.ts';
import { stars } from '../access/wildcards.ts';
import { roleOf } from '../credentials/identity.ts';

const ROOT = /^arn:[a-z-]+:iam::(\d{12}):root$/;
const ACCOUNT = /^(\d{12})$/;
const OF = /^arn:[a-z-]+:(?:iam|sts)::(\d{12}):/;

/**
 * Whether a list of principals has one: `*` for all, an account or the ARN of its root for all of that account, an ARN
 * with `*` in it, or the ARN itself, of a role also for its sessions.
 */
export function allows(principals: readonly string[], principal: string): boolean {
  const account = OF.exec(principal)?.[1];
  const role = roleOf(principal);
  return principals.some((one) => {
    const whole = (ROOT.exec(one) ?? ACCOUNT.exec(one))?.[1];
    if (whole !== undefined) return whole === account;
    const pattern = stars(one);
    return matchesGlob(pattern, principal) || matchesGlob(pattern, role);
  });
}
