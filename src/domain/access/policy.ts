import { arnMatcher } from './arnPattern.ts';
import { type Condition, placed, readConditions } from './condition.ts';
import type { Context } from './context.ts';
import { PolicyError, shown, under } from './policyError.ts';
import { type Principal, readPrincipals } from './principals.ts';
import { globMatcher, type Matcher, partsOf } from './template.ts';

/** What a statement is asked. */
export interface Asked {
  /** In lower case: `kinesisvideo:putmedia`. */
  readonly action: string;
  /** An ARN, or `*` for actions that have none. */
  readonly resource: string;
  readonly context: Context;
  /** Of a role's trust policy: who asks. */
  readonly principal?: Principal | undefined;
}

export interface Statement {
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  /** The first of its elements that does not fit: `Resource`, `Condition Bool aws:SecureTransport`. */
  mismatch(asked: Asked): string | undefined;
}

/** A policy document that has been read: what remains is to ask its statements. */
export interface Policy {
  readonly statements: readonly Statement[];
}

/** An identity's policies say what on which resource; a role's trust policy says who may take the role. */
type Kind = 'identity' | 'trust';

/** AWS takes that much of the largest, an inline policy of a role. Characters, white space not counted. */
const LONGEST_POLICY = 10_240;

const HINT =
  'Give {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kinesisvideo:*", "Resource": "*"}]}.';

/**
 * Reads a policy document.
 * @throws PolicyError for what IAM would not take
 */
export function readPolicy(document: unknown, kind: Kind = 'identity'): Policy {
  const policy = members(document, '', ['Version', 'Id', 'Statement'], HINT);
  if (sizeOf(document) > LONGEST_POLICY) {
    throw new PolicyError(`The policy is longer than ${LONGEST_POLICY} characters.`, 'Make several of it.', '');
  }
  const { Version: version = '2008-10-17', Id: id, Statement: given } = policy;
  if (version !== '2012-10-17' && version !== '2008-10-17') {
    throw new PolicyError(`There is no version ${shown(version)}.`, 'Give "2012-10-17".', '/Version');
  }
  if (id !== undefined && typeof id !== 'string')
    throw new PolicyError(`${shown(id)} is no Id.`, 'Give a text.', '/Id');
  if (given === undefined) throw new PolicyError('"Statement" is missing.', HINT, '/Statement');
  const rules = { kind, variables: version === '2012-10-17' };
  const list: [unknown, string][] = Array.isArray(given)
    ? given.map((one, i) => [one, under('/Statement', i)])
    : [[given, '/Statement']];
  const sids = new Set<string>();
  const statements = list.map(([one, path]) => {
    const statement = readStatement(one, path, rules);
    const { sid } = statement;
    if (sid !== undefined && sids.has(sid)) {
      throw new PolicyError(`There are two statements with the Sid "${sid}".`, 'Call each by another.', `${path}/Sid`);
    }
    if (sid !== undefined) sids.add(sid);
    return statement;
  });
  return { statements };
}

function sizeOf(document: unknown): number {
  try {
    return JSON.stringify(document).length;
  } catch {
    throw new PolicyError('The policy is no JSON.', HINT, '');
  }
}

function members(value: unknown, path: string, known: readonly string[], hint: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PolicyError(`${shown(value)} is no object.`, hint, path);
  }
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown === undefined) return value as Record<string, unknown>;
  throw new PolicyError(
    `There is no element ${shown(unknown)}.`,
    `Elements are ${known.join(', ')}.`,
    under(path, unknown),
  );
}

const ELEMENTS = [
  ...['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'],
];

interface Rules {
  readonly kind: Kind;
  readonly variables: boolean;
}

/** Says which element of a statement a question does not fit; undefined if it fits. */
type Check = (asked: Asked) => string | undefined;

function readStatement(given: unknown, path: string, rules: Rules): Statement {
  const element = members(given, path, ELEMENTS, HINT);
  const { Sid: sid, Effect: effect } = element;
  if (sid !== undefined && !(typeof sid === 'string' && /^[A-Za-z0-9]{0,128}$/.test(sid))) {
    throw new PolicyError(`${shown(sid)} is no Sid.`, 'Give letters and digits.', `${path}/Sid`);
  }
  if (effect !== 'Allow' && effect !== 'Deny') {
    const what = effect === undefined ? '"Effect" is missing.' : `There is no effect ${shown(effect)}.`;
    throw new PolicyError(what, 'Give "Allow" or "Deny".', `${path}/Effect`);
  }
  const checks: Check[] = [
    ...(rules.kind === 'trust' ? [principalCheck(element, path)] : []),
    actionCheck(element, path),
    ...(rules.kind === 'trust' ? [] : [resourceCheck(element, path, rules.variables)]),
    ...conditionChecks(element, path, rules.variables),
  ];
  forbid(element, path, rules.kind === 'trust' ? ['Resource', 'NotResource'] : ['Principal', 'NotPrincipal']);
  return {
    sid: sid as string | undefined,
    effect,
    mismatch(asked) {
      for (const check of checks) {
        const wrong = check(asked);
        if (wrong !== undefined) return wrong;
      }
      return undefined;
    },
  };
}

function forbid(element: Record<string, unknown>, path: string, names: readonly string[]): void {
  const found = names.find((name) => element[name] !== undefined);
  if (found === undefined) return;
  const why = found.endsWith('Principal')
    ? 'Whose policy it is says who it is about.'
    : 'A trust policy is about the role that it belongs to.';
  throw new PolicyError(`"${found}" may not stand here.`, why, `${path}/${found}`);
}

/** An element or its opposite: one of the two, and not both. */
function eitherOf(
  element: Record<string, unknown>,
  path: string,
  name: string,
): { name: string; not: boolean; value: unknown } {
  const opposite = `Not${name}`;
  const [yes, no] = [element[name], element[opposite]];
  if (yes !== undefined && no !== undefined) {
    throw new PolicyError(
      `"${name}" and "${opposite}" exclude each other.`,
      'Give one of them.',
      `${path}/${opposite}`,
    );
  }
  if (yes === undefined && no === undefined) {
    throw new PolicyError(`"${name}" is missing.`, `Give "${name}" or "${opposite}".`, `${path}/${name}`);
  }
  return yes !== undefined ? { name, not: false, value: yes } : { name: opposite, not: true, value: no };
}

/** A text, or a list of some. */
function readPatterns(
  value: unknown,
  path: string,
  read: (text: string) => Matcher | undefined,
  hint: string,
): Matcher[] {
  const list: [unknown, string][] = Array.isArray(value)
    ? value.map((one, i) => [one, under(path, i)])
    : [[value, path]];
  if (list.length === 0) throw new PolicyError('The list is empty.', hint, path);
  return list.map(([text, where]) => {
    const matcher = typeof text === 'string' ? placed(() => read(text), where) : undefined;
    if (matcher === undefined) throw new PolicyError(`${shown(text)} cannot stand here.`, hint, where);
    return matcher;
  });
}

const ACTION = /^(\*|(\*|[A-Za-z0-9-]+):[A-Za-z0-9*?]+)$/;
const NO_CONTEXT: Context = new Map();

function actionCheck(element: Record<string, unknown>, path: string): Check {
  const { name, not, value } = eitherOf(element, path, 'Action');
  const read = (text: string): Matcher | undefined =>
    ACTION.test(text) ? globMatcher(partsOf(text.toLowerCase(), false)) : undefined;
  const hint =
    'Give "*", or actions with the prefix of their service, like "kinesisvideo:PutMedia" or "kinesisvideo:Get*".';
  const matchers = readPatterns(value, `${path}/${name}`, read, hint);
  return ({ action }) => (matchers.some((matches) => matches(action, NO_CONTEXT) === true) === not ? name : undefined);
}

function resourceCheck(element: Record<string, unknown>, path: string, variables: boolean): Check {
  const { name, not, value } = eitherOf(element, path, 'Resource');
  const read = (text: string): Matcher | undefined =>
    /^(arn:|\*+$)/.test(text) ? arnMatcher(text, variables) : undefined;
  const hint = 'Give "*", or ARNs like "arn:aws:kinesisvideo:*:*:stream/door/*".';
  const matchers = readPatterns(value, `${path}/${name}`, read, hint);
  return ({ resource, context }) => {
    let found: boolean | undefined = false;
    for (const matches of matchers) {
      const one = matches(resource, context);
      if (one === true) return not ? name : undefined;
      if (one === undefined) found = undefined;
    }
    // With a variable that stands for nothing the statement says nothing, whichever of the two it is.
    return not && found === false ? undefined : name;
  };
}

function principalCheck(element: Record<string, unknown>, path: string): Check {
  const { name, not, value } = eitherOf(element, path, 'Principal');
  const isOneOf = readPrincipals(value, `${path}/${name}`);
  return ({ principal }) => (principal === undefined || isOneOf(principal) === not ? name : undefined);
}

function conditionChecks(element: Record<string, unknown>, path: string, variables: boolean): Check[] {
  if (element.Condition === undefined) return [];
  const conditions = readConditions(element.Condition, `${path}/Condition`, variables);
  return conditions.map(({ name, holds }: Condition): Check => {
    const named = `Condition ${name}`;
    return ({ context }) => (holds(context) ? undefined : named);
  });
}
