import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fits } from '../../../src/domain/access/wildcards.ts';
import { Events } from '../../../src/domain/events/events.ts';
import { Faults } from '../../../src/domain/faults/faults.ts';
import type { FaultEffect, FaultMatch } from '../../../src/domain/faults/spec.ts';
import { createRandom } from '../../../src/runtime/random.ts';

function start(seed = 1) {
  const clock = { time: 0, now: () => clock.time };
  const events = new Events({ clock });
  const faults = new Faults({ clock, events, random: createRandom(seed) });
  let made = 0;
  return {
    clock,
    events,
    faults,
    add: (match: FaultMatch, effect: FaultEffect = { status: 503 }, id = `f${++made}`) =>
      faults.add([{ id, match, effect, operations: ['PutMedia', 'GetMedia'], given: {} }])[0],
    /** Which rules meet a call, each with its effect. */
    meet: (resource = 'cam', operation = 'PutMedia') =>
      faults
        .meet({ operation, resource, names: 'stream', account: '000000000000', region: 'us-east-1' })
        ?.map(({ rule, kind }) => `${rule.spec.id} ${kind.name}`) ?? [],
  };
}
const times = <T>(count: number, act: () => T): T[] => Array.from({ length: count }, act);

describe('a rule', () => {
  it('fires at the nth call that it is about, counted from when it was made', () => {
    const { add, meet } = start();
    add({ stream: 'cam', nth: 2 });
    add({ nth: [1, 4] }, { latency: 1 });
    expect(times(4, () => meet())).toEqual([['f2 latency'], ['f1 status'], [], ['f2 latency']]);
    add({ stream: 'cam', nth: 1 });
    expect([meet('other'), meet()]).toEqual([[], ['f3 status']]);
  });

  it('fires so often at most, and only between two times of the clock', () => {
    const { add, meet, clock } = start();
    add({ times: 2, from: 1000, until: 2000 });
    expect(meet()).toEqual([]);
    clock.time = 1000;
    expect(times(3, () => meet())).toEqual([['f1 status'], ['f1 status'], []]);
    add({ from: 1000, until: 2000 });
    clock.time = 1999;
    expect(meet()).toEqual(['f2 status']);
    clock.time = 2000;
    expect(meet()).toEqual([]);
  });

  it('fires as often as its probability says, on the same calls for the same seed, whatever other rules there are', () => {
    const { add, meet } = start();
    add({ probability: 0.3 });
    const first = times(1000, () => meet().length);
    const fired = first.reduce((sum, one) => sum + one, 0);
    expect(fired).toBeGreaterThan(250);
    expect(fired).toBeLessThan(350);
    const other = start();
    other.add({ probability: 0.5 }, { latency: 1 }, 'before');
    other.add({ probability: 0.3 }, { status: 503 }, 'f1');
    const again = times(1000, () => other.meet().filter((one) => one.startsWith('f1')).length);
    expect(again).toEqual(first);
  });

  it('has its way before those behind it with the same kind of effect, and beside others', () => {
    const { add, meet } = start();
    add({ stream: 'c*' }, { error: 'X', status: 400 });
    add({ stream: 'cam' }, { status: 503, latency: 5 });
    add({}, { latency: 9, bandwidth: 3 });
    expect(meet()).toEqual(['f1 error', 'f2 latency', 'f3 bandwidth']);
    // Those that name one stream alone are found by it, and stand where they stood.
    expect(meet('door')).toEqual(['f3 latency', 'f3 bandwidth']);
  });

  it('is looked at only where it may be about a call', () => {
    const { add, faults, meet } = start();
    const rules = times(500, () => add({ stream: `cam-${Math.floor(faults.rules.length)}` }));
    let looked = 0;
    for (const rule of rules) {
      if (rule === undefined) throw new Error('there is no rule');
      const { takes } = rule;
      rule.takes = (...given) => {
        looked += 1;
        return takes.call(rule, ...given);
      };
    }
    expect(meet('cam-77')).toEqual(['f78 status']);
    expect(meet('cam-77', 'ListStreams')).toEqual([]);
    expect(meet('none')).toEqual([]);
    expect(looked).toBe(1);
  });

  it('is told of when it comes to pass, once for each call', () => {
    const { add, faults, events, clock } = start();
    const rule = add({});
    if (rule === undefined) throw new Error('there is no rule');
    const told: unknown[] = [];
    events.listen(({ type, time, whose, data }) => told.push([type, time, whose, data]));
    clock.time = 7;
    const subject = { operation: 'PutMedia', resource: 'cam', names: 'stream', account: '1', region: 'r' } as const;
    for (let i = 1; i <= 12; i++) faults.note(rule, subject, `request-${i}`);
    expect(told).toHaveLength(12);
    const whose = { account: '1', region: 'r', stream: 'cam' };
    expect(told[0]).toEqual(['fault', 7, whose, { id: 'f1', requestId: 'request-1' }]);
    expect(rule).toMatchObject({ fired: 12, lastFiredAt: 7 });
    expect(rule.lastRequests).toEqual(Array.from({ length: 10 }, (_, at) => `request-${at + 3}`));
  });

  it('goes with a reset of all, and with that of an account or region if it names it', () => {
    const { add, faults } = start();
    add({});
    add({ account: '111111111111' });
    add({ account: '111111111111', region: 'eu-west-1' });
    add({ region: 'eu-west-1' });
    const left = () => faults.rules.map(({ spec }) => spec.id);
    faults.reset({ account: '222222222222' });
    expect(left()).toHaveLength(4);
    faults.reset({ account: '111111111111', region: 'eu-west-1' });
    expect(left()).toEqual(['f1', 'f2', 'f4']);
    faults.reset({ account: '111111111111' });
    expect(left()).toEqual(['f1', 'f4']);
    faults.reset({ region: 'eu-west-1' });
    expect(left()).toEqual(['f1']);
    faults.reset({});
    expect(faults.none).toBe(true);
  });
});

describe('a pattern', () => {
  it('is met by the names that a regular expression would find, and takes no long time over any', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', '*', '?'), { maxLength: 8 }).map((all) => all.join(''));
    const names = fc.array(fc.constantFrom('a', 'b'), { maxLength: 10 }).map((all) => all.join(''));
    fc.assert(
      fc.property(letters, names, (pattern, name) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(name);
        expect(fits(pattern, name)).toBe(expected);
      }),
      { numRuns: 500 },
    );
    expect(fits(`${'a*'.repeat(128)}b`, 'a'.repeat(256))).toBe(false);
  });
});
