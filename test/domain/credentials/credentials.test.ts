import { describe, expect, it } from 'vitest';
import { handOut } from '../../../src/domain/credentials/assuming.ts';
import { Credentials, NOBODY, type Role } from '../../../src/domain/credentials/credentials.ts';
import { EVERYTHING, plainIdentity } from '../../../src/domain/credentials/identity.ts';
import { sessionOf } from '../../../src/domain/credentials/issuedTo.ts';
import { ControllableClock } from '../../../src/runtime/clock.ts';
import { createIds } from '../../../src/runtime/ids.ts';
import { createRandom } from '../../../src/runtime/random.ts';

const ARN = 'arn:aws:iam::000000000000:role/viewer';
const role: Role = { arn: ARN, trusts: ['*'], policies: [EVERYTHING], boundary: undefined, maxSessionMs: 1000 };

function start() {
  const clock = new ControllableClock({ frozen: true, startTime: 1_000_000 });
  const ids = createIds(createRandom(1));
  return { clock, credentials: new Credentials({ clock, ids, account: '000000000000' }) };
}

describe('a key that was given out for a role', () => {
  it('may do what the role may by now, and nothing once that is gone', () => {
    const { credentials } = start();
    credentials.replace({ ...NOBODY, roles: [role] });
    const { AccessKeyId } = handOut(credentials, sessionOf(role, { name: 'one' }), 1000, 0);
    const policies = () => credentials.find(AccessKeyId)?.identity.policies;
    expect(policies()).toEqual([EVERYTHING]);
    const other = { Version: '2012-10-17', Statement: [] };
    credentials.replace({ ...NOBODY, roles: [{ ...role, policies: [other] }] });
    expect(policies()).toEqual([other]);
    credentials.replace({ ...NOBODY, roles: [{ ...role, arn: `${ARN}2` }] });
    expect(policies()).toEqual([]);
  });

  it('says on the machine’s clock until when it is good', () => {
    const { credentials } = start();
    const key = handOut(credentials, sessionOf(role, { name: 'one' }), 75_000, 5_000_000);
    expect(key.Expiration).toBe(5_075_000);
    expect(credentials.find(key.AccessKeyId)?.expiresAt).toBe(1_075_000);
  });
});

it('ten thousand of them are remembered, and their ends with them', () => {
  const { clock, credentials } = start();
  const caller = plainIdentity('arn:aws:iam::000000000000:user/u', '000000000000');
  const issue = () => credentials.issue({ kind: 'user', accessKeyId: 'u', caller }, 1000);
  const first = issue();
  const second = issue();
  for (let i = 2; i < 10_001; i++) issue();
  expect(credentials.find(first.accessKeyId)).toBeUndefined();
  expect(credentials.find(second.accessKeyId)).toBeDefined();
  expect(clock.upcoming(20_000)).toHaveLength(10_000);
  credentials.reset({});
  expect(credentials.find(second.accessKeyId)).toBeUndefined();
  expect(clock.upcoming(1)).toEqual([]);
});
