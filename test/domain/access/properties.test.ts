import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContextMaker } from '../../../src/domain/access/context.ts';
import { type Decision, decide, explain } from '../../../src/domain/access/decide.ts';
import { globOf, matchesGlob, type Piece } from '../../../src/domain/access/glob.ts';
import { readPolicy } from '../../../src/domain/access/policy.ts';
import { globMatcher, partsOf } from '../../../src/domain/access/template.ts';

const ARN = 'arn:aws:kinesisvideo:us-east-1:000000000000:stream';
const team = fc.constantFrom('a', 'b');
const pattern = (star: string) => fc.constantFrom('*', `${ARN}/door/*`, `${ARN}/*`, `${ARN}/cam-${star}/1`);
const condition = fc.oneof(
  fc.constant(undefined),
  fc.record({ StringEquals: fc.record({ 'aws:ResourceTag/team': team }) }),
  fc.record({ StringNotEquals: fc.record({ 'aws:ResourceTag/team': team }) }),
  fc.record({ Null: fc.record({ 'aws:username': fc.boolean() }) }),
);
const action = fc.constantFrom('*', 'kinesisvideo:Get*', 'kinesisvideo:PutMedia', 'kinesisvideo:?etMedia');
const effect = fc.constantFrom('Allow', 'Deny');
const statement = fc
  .record({ Effect: effect, Action: action, Resource: pattern('?'), Condition: condition, not: fc.boolean() })
  .map(({ not, Resource, ...rest }) => ({ ...rest, ...(not ? { NotResource: Resource } : { Resource }) }));
const statements = fc.array(statement, { maxLength: 8 });
const asked = fc.record({
  account: fc.constant('000000000000'),
  action: fc.constantFrom('kinesisvideo:GetMedia', 'kinesisvideo:PutMedia', 'kinesisvideo:GetClip'),
  resource: fc.constantFrom(`${ARN}/door/1`, `${ARN}/cam-1/1`, '*'),
  context: fc
    .record({ 'aws:ResourceTag/team': team, 'aws:username': fc.constant('ada') }, { requiredKeys: [] })
    .map((values) => new ContextMaker().addAll(values).keys),
});
const policyOf = (list: readonly unknown[]) => readPolicy({ Version: '2012-10-17', Statement: list });
const rank: Readonly<Record<Decision, number>> = { explicitDeny: 0, implicitDeny: 1, allow: 2 };

describe('whatever the policies', () => {
  it('a deny that matches always wins', () => {
    fc.assert(
      fc.property(statements, statements, asked, fc.nat(), (own, bound, question, at) => {
        const deny = { Effect: 'Deny', Action: '*', Resource: '*' };
        const list = own.toSpliced(at % (own.length + 1), 0, deny as never);
        const grants = { identityPolicies: [policyOf(own)], boundary: policyOf(bound) };
        expect(decide({ ...question, ...grants, identityPolicies: [policyOf(list)] }).decision).toBe('explicitDeny');
        expect(decide({ ...question, ...grants, sessionPolicies: [policyOf([deny])] }).decision).toBe('explicitDeny');
      }),
    );
  });

  it('one more statement that allows never takes anything away', () => {
    fc.assert(
      fc.property(statements, statement, asked, (own, more, question) => {
        const before = decide({ ...question, identityPolicies: [policyOf(own)] }).decision;
        const list = [...own, { ...more, Effect: 'Allow' }];
        const after = decide({ ...question, identityPolicies: [policyOf(list)] }).decision;
        expect(rank[after]).toBeGreaterThanOrEqual(rank[before]);
      }),
    );
  });

  it('a boundary and a session policy never give anything', () => {
    fc.assert(
      fc.property(statements, statements, statements, asked, (own, bound, session, question) => {
        const identityPolicies = [policyOf(own)];
        const before = decide({ ...question, identityPolicies }).decision;
        const narrowed = {
          ...question,
          identityPolicies,
          boundary: policyOf(bound),
          sessionPolicies: [policyOf(session)],
        };
        expect(rank[decide(narrowed).decision]).toBeLessThanOrEqual(rank[before]);
      }),
    );
  });

  it('the order of statements and how they are spread over policies does not matter', () => {
    const shuffled = statements.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }), fc.nat({ max: list.length })),
    );
    fc.assert(
      fc.property(shuffled, asked, ([list, other, cut], question) => {
        const one = decide({ ...question, identityPolicies: [policyOf(list)] }).decision;
        const two = [policyOf(other.slice(0, cut)), policyOf(other.slice(cut))];
        expect(decide({ ...question, identityPolicies: two }).decision).toBe(one);
      }),
    );
  });

  it('a decision is explained by its statements', () => {
    fc.assert(
      fc.property(statements, asked, (own, question) => {
        const { decision, by, statements: verdicts } = explain({ ...question, identityPolicies: [policyOf(own)] });
        expect(decide({ ...question, identityPolicies: [policyOf(own)] })).toMatchObject({ decision, by });
        const matched = verdicts.filter((verdict) => verdict.matched);
        const denies = matched.some((verdict) => verdict.effect === 'Deny');
        expect(decision).toBe(denies ? 'explicitDeny' : matched.length > 0 ? 'allow' : 'implicitDeny');
        if (by !== undefined) expect(matched).toContainEqual(expect.objectContaining(by));
        expect(by === undefined).toBe(decision === 'implicitDeny');
      }),
    );
  });
});

/** Every way a pattern can be read, tried one after the other. */
function naive(pieces: readonly Piece[], value: string): boolean {
  const [piece, ...rest] = pieces;
  if (piece === undefined) return value === '';
  if (piece === 'one') return value !== '' && naive(rest, value.slice(1));
  if (piece === 'many') return naive(rest, value) || (value !== '' && naive(pieces, value.slice(1)));
  return value.startsWith(piece.text) && naive(rest, value.slice(piece.text.length));
}

describe('a pattern', () => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom<Piece>('one', 'many'),
      fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 3 }).map((text): Piece => ({ text })),
    ),
    { maxLength: 7 },
  );
  const value = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 10 });

  it('matches what a naive reading of it matches', () => {
    fc.assert(
      fc.property(pieces, value, (parts, text) => {
        expect(matchesGlob(globOf(parts), text)).toBe(naive(parts, text));
      }),
      { numRuns: 2000 },
    );
  });

  it('of many stars takes no longer for what it does not match', () => {
    const text = 'a'.repeat(20_000);
    for (const written of [`${'*a'.repeat(2000)}*b`, `${'*?'.repeat(2000)}*b*`, `${'a*'.repeat(5000)}b`]) {
      expect(globMatcher(partsOf(written, true))(text, new Map())).toBe(false);
    }
  });
});
