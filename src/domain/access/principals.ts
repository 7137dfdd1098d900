import { arnMatcher } from './arnPattern.ts';
import { PolicyError, shown, under } from './policyError.ts';

/** Who asks for a role. */
export interface Principal {
  readonly type: 'AWS' | 'Federated' | 'Service';
  /** An ARN, or the name of a provider or service. */
  readonly name: string;
  /** 12 digits; of providers and services undefined. */
  readonly account?: string | undefined;
}

type Test = (principal: Principal) => boolean;
const HINT = 'Give "*", {"AWS": "arn:aws:iam::000000000000:user/name"}, {"Federated": …} or {"Service": …}.';
const ACCOUNT = /^(?:arn:[a-z-]+:iam::)?(\d{12})(?::root)?$/;
const AWS_PRINCIPAL = /^arn:[a-z-]+:(iam|sts)::\d{12}:[^*?]+$/;

/** Reads the element Principal or NotPrincipal: whether a principal is one of those. */
export function readPrincipals(element: unknown, path: string): Test {
  if (element === '*') return () => true;
  if (typeof element !== 'object' || element === null || Array.isArray(element)) {
    throw new PolicyError(`${shown(element)} is no principal.`, HINT, path);
  }
  const tests: Test[] = [];
  for (const [type, given] of Object.entries(element)) {
    const at = under(path, type);
    if (type !== 'AWS' && type !== 'Federated' && type !== 'Service') {
      throw new PolicyError(`There is no kind of principal ${shown(type)}.`, HINT, at);
    }
    const list: [unknown, string][] = Array.isArray(given) ? given.map((one, i) => [one, under(at, i)]) : [[given, at]];
    for (const [name, where] of list) {
      const test = typeof name === 'string' ? (type === 'AWS' ? ofAws(name) : named(name)) : undefined;
      if (test === undefined) throw new PolicyError(`${shown(name)} is no principal.`, HINT, where);
      tests.push((principal) => principal.type === type && test(principal));
    }
  }
  if (tests.length === 0) throw new PolicyError('Nobody is named.', HINT, path);
  return (principal) => tests.some((test) => test(principal));
}

const named =
  (wanted: string): Test =>
  ({ name }) =>
    wanted === '*' || wanted === name;

/** Everybody, everybody of an account, or one: the only wildcard is `*` alone. */
function ofAws(wanted: string): Test | undefined {
  if (wanted === '*') return () => true;
  const account = ACCOUNT.exec(wanted)?.[1];
  if (account !== undefined) return (principal) => principal.account === account;
  if (!AWS_PRINCIPAL.test(wanted)) return undefined;
  const matches = arnMatcher(wanted, false);
  return ({ name }) => matches(name, new Map()) === true;
}
