import { performance } from 'node:perf_hooks';
import { load } from '../../scripts/load.mjs';
import { median } from '../statistics.mjs';

export const name = 'policies';
export const figure = 'An evaluated policy of 20 statements, variables and conditions in it, read once';
export const aim = '<= 50 µs';

const DECISIONS = 20_000;

/** Nineteen statements that come near, of all kinds there are, and the last one that allows. */
function document() {
  const near = Array.from({ length: 19 }, (_, i) => ({
    Effect: i % 3 === 0 ? 'Deny' : 'Allow',
    Action: ['kinesisvideo:Get*', 'kinesisvideo:?utMedia', `kinesisvideo:List${i}*`],
    Resource: `arn:aws:kinesisvideo:*:*:stream/\${aws:username}${i % 2 === 0 ? '' : `-${i}`}/*`,
    Condition: {
      StringLike: { 'aws:ResourceTag/team': `*${i}*` },
      IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '2001:db8::/32'] },
      DateLessThan: { 'aws:CurrentTime': '2031-01-01T00:00:00Z' },
    },
  }));
  const last = { Effect: 'Allow', Action: 'kinesisvideo:*', Resource: 'arn:aws:kinesisvideo:*:*:stream/*' };
  return { Version: '2012-10-17', Statement: [...near, last] };
}

export async function run({ quick, progress }) {
  const [{ decide }, { contextOf, grantsOf, toldOf }] = await Promise.all([
    load('src/domain/access/decide.ts'),
    load('src/domain/access/holder.ts'),
  ]);
  const rounds = quick ? 5 : 25;
  const holder = {
    principal: 'arn:aws:iam::000000000000:user/door',
    account: '000000000000',
    policies: [document()],
    boundary: undefined,
    sessionPolicies: [],
    tags: new Map([['team', 'a']]),
    context: new Map(),
  };
  // With what a request costs besides: its context is made anew each time.
  const once = () => {
    const told = toldOf({ now: '2030-01-01T00:00:00.000Z', region: 'us-east-1' }, 1893456000)
      .add('aws:SourceIp', '10.1.2.3')
      .add('aws:UserAgent', 'bench')
      .addTags('aws:ResourceTag/', [['team', 'a']]);
    return decide({
      account: holder.account,
      action: 'kinesisvideo:PutMedia',
      resource: 'arn:aws:kinesisvideo:us-east-1:000000000000:stream/door/1893456000000',
      context: contextOf(told, holder, 'AIDAEXAMPLE'),
      ...grantsOf(holder),
    });
  };
  if (once().decision !== 'allow') throw new Error('The last statement does not allow it.');
  for (let i = 0; i < DECISIONS; i++) once();
  const each = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    for (let i = 0; i < DECISIONS; i++) once();
    each.push(((performance.now() - began) * 1000) / DECISIONS);
    progress((round + 1) / rounds);
  }
  const value = median(each);
  return {
    value: `${value.toFixed(1)} µs`,
    met: value <= 50,
    absolute: `median of ${rounds} times ${DECISIONS} decisions`,
  };
}
