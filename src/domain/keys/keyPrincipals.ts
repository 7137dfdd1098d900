const ROOT = /^arn:[a-z-]+:iam::(\d{12}):root$/;
const ACCOUNT = /^(\d{12})$/;
const OF = /^arn:[a-z-]+:(?:iam|sts)::(\d{12}):/;
const ASSUMED = /^(arn:[a-z-]+):sts::(\d{12}):assumed-role\/([^/]+)\/.*$/;

/** A session of a role is that role. */
const roleOf = (principal: string): string =>
  principal.replace(ASSUMED, (_, partition, account, role) => `${partition}:iam::${account}:role/${role}`);

/** Whether a text fits a pattern in which `*` is anything: in linear time. */
function fits(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return text === pattern;
  const last = rest.pop() ?? '';
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/**
 * Whether a list of principals has one: `*` for all, an account or the ARN of its root for all of that account, an ARN
 * with `*` in it, or the ARN itself, of a role also for its sessions.
 */
export function allows(principals: readonly string[], principal: string): boolean {
  const account = OF.exec(principal)?.[1];
  const role = roleOf(principal);
  return principals.some((one) => {
    const whole = (ROOT.exec(one) ?? ACCOUNT.exec(one))?.[1];
    return whole === undefined ? fits(one, principal) || fits(one, role) : whole === account;
  });
}
