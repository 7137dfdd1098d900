import { expect, it } from 'vitest';
import { allows } from '../../../src/domain/keys/keyPrincipals.ts';

const ALICE = 'arn:aws:iam::000000000000:user/alice';
const SESSION = 'arn:aws:sts::000000000000:assumed-role/viewer/tab-1';

it.each<[string, readonly string[], string, boolean]>([
  ['all', ['*'], ALICE, true],
  ['nobody', [], ALICE, false],
  ['one by name', [ALICE], ALICE, true],
  ['one by another name', ['arn:aws:iam::000000000000:user/al'], ALICE, false],
  ['an account', ['000000000000'], ALICE, true],
  ['another account', ['111111111111'], ALICE, false],
  ['the root of an account, which is all of it', ['arn:aws:iam::000000000000:root'], ALICE, true],
  ['the root of another', ['arn:aws:iam::111111111111:root'], ALICE, false],
  ['a pattern', ['arn:aws:iam::*:user/a*e'], ALICE, true],
  ['a pattern whose ends would overlap', ['arn:aws:iam::000000000000:user/alic*ice'], ALICE, false],
  ['a role, of which this is a session', ['arn:aws:iam::000000000000:role/viewer'], SESSION, true],
  ['another role', ['arn:aws:iam::000000000000:role/producer'], SESSION, false],
  ['a session by its own name', [SESSION], SESSION, true],
  ['one of several', ['111111111111', ALICE], ALICE, true],
])('a key for %s: %j has %s: %s', (_what, principals, principal, expected) => {
  expect(allows(principals, principal)).toBe(expected);
});

it('a pattern of many stars takes no longer than its length and that of the text', () => {
  const pattern = `arn:${'*a'.repeat(1000)}b`;
  expect(allows([pattern], `arn:${'a'.repeat(100_000)}`)).toBe(false);
});
