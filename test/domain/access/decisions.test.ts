// Each line of the tables in decisions/ is a decision of IAM, written down by hand from its documentation.
import { describe, expect, it } from 'vitest';
import { ContextMaker, type ContextValue } from '../../../src/domain/access/context.ts';
import { type Decided, decide, explain } from '../../../src/domain/access/decide.ts';
import { readPolicy } from '../../../src/domain/access/policy.ts';
import { actions } from './decisions/actions.ts';
import * as conditions from './decisions/conditions.ts';
import { bounded, type Case, shapes, statements } from './decisions/policies.ts';
import { resources } from './decisions/resources.ts';
import { ifExists, sets } from './decisions/sets.ts';
import { in2008, inConditions, inResources } from './decisions/variables.ts';

const DOOR = 'arn:aws:kinesisvideo:us-east-1:000000000000:stream/door/1893456000000';

interface Asked {
  readonly action?: string;
  readonly resource?: string;
  readonly context?: Readonly<Record<string, ContextValue>>;
  readonly version?: string;
}

/** What one statement decides. */
function decided(statement: object, asked: Asked): Decided['decision'] {
  const { action = 'kinesisvideo:GetMedia', resource = DOOR, context = {}, version = '2012-10-17' } = asked;
  const question = {
    account: '000000000000',
    identityPolicies: [readPolicy({ Version: version, Statement: { Action: '*', Resource: '*', ...statement } })],
    action,
    resource,
    context: new ContextMaker().addAll(context).keys,
  };
  const { decision } = decide(question);
  expect(explain(question).decision).toBe(decision);
  return decision;
}

/** What takes something allows it as Allow and denies it as Deny; what does not, does neither. */
function both(statement: object, asked: Asked): boolean {
  const allowed = decided({ Effect: 'Allow', ...statement }, asked);
  const denied = decided({ Effect: 'Deny', ...statement }, asked);
  expect([allowed, denied]).toEqual(allowed === 'allow' ? ['allow', 'explicitDeny'] : ['implicitDeny', 'implicitDeny']);
  return allowed === 'allow';
}

const accountOf = (arn: string): string => arn.split(':')[4] ?? '';
const isOurs = (resource: string): boolean => ['000000000000', ''].includes(accountOf(resource));

describe('an action', () => {
  it.each(actions)('%j and %s: %j', (element, action, takes) => {
    expect(both({ Action: element }, { action })).toBe(takes);
  });

  it.each(actions)('not %j and %s: the opposite of %j', (element, action, takes) => {
    expect(both({ Action: undefined, NotAction: element }, { action })).toBe(!takes);
  });
});

describe('a resource', () => {
  it('of the table is of the account that asks', () => {
    expect(resources.filter(([, resource]) => !isOurs(resource))).toEqual([]);
  });

  it.each(resources)('%j and %s: %j', (element, resource, takes) => {
    expect(both({ Resource: element }, { resource })).toBe(takes);
  });

  it.each(resources)('not %j and %s: the opposite of %j', (element, resource, takes) => {
    expect(both({ Resource: undefined, NotResource: element }, { resource })).toBe(!takes);
  });

  it.each(inResources)('%j with %j is %s: %j', (element, context, resource, takes) => {
    expect(both({ Resource: element }, { resource, context })).toBe(takes);
  });
});

describe.each(Object.entries({ ...conditions, ifExists, sets, inConditions }))('a condition of %s', (_, rows) => {
  it.each(rows)('%j with %j: %j', (condition, context, holds) => {
    expect(both({ Condition: condition }, { context })).toBe(holds);
  });
});

describe('a condition of 2008', () => {
  it.each(in2008)('%j with %j: %j', (condition, context, holds) => {
    expect(both({ Condition: condition }, { context, version: '2008-10-17' })).toBe(holds);
  });

  it('is one whose policy names no version', () => {
    const statement = {
      Effect: 'Allow',
      Action: '*',
      Resource: '*',
      Condition: in2008[1]?.[0],
    };
    const context = new ContextMaker().addAll(in2008[1]?.[1] ?? {}).keys;
    const identityPolicies = [readPolicy({ Statement: statement })];
    expect(decide({ account: '000000000000', identityPolicies, action: 'a:B', resource: '*', context }).decision).toBe(
      'allow',
    );
  });
});

const asQuestions = ({ policies = [], boundary, sessionPolicies = [], asked }: Case) =>
  asked.map(([action, resource, context, decision]) => ({
    decision,
    question: {
      account: '000000000000',
      identityPolicies: policies.map((one) => readPolicy(one)),
      boundary: boundary && readPolicy(boundary),
      sessionPolicies: sessionPolicies.map((one) => readPolicy(one)),
      action: `kinesisvideo:${action}`,
      resource,
      context: new ContextMaker().addAll(context).keys,
    },
  }));

describe.each([...statements, ...bounded, ...shapes])('$what', (one) => {
  it.each(asQuestions(one))('$question.action on $question.resource: $decision', ({ question, decision }) => {
    expect(decide(question).decision).toBe(decision);
    expect(explain(question).decision).toBe(decision);
  });
});

it('decides three hundred times and more', () => {
  const rows = [actions, resources, ...Object.values(conditions), ifExists, sets, in2008, inConditions, inResources];
  const cases = [...statements, ...bounded, ...shapes];
  const count =
    rows.reduce((sum, { length }) => sum + length, 0) + cases.reduce((sum, { asked }) => sum + asked.length, 0);
  expect(count).toBeGreaterThanOrEqual(300);
});
