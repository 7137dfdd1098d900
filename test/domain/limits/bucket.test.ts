import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bucket, type Manner } from '../../../src/domain/limits/bucket.ts';

const NOW = Date.parse('2030-01-01T00:00:00Z');

/** Takes it if it may. */
function ask(bucket: Bucket, cost: number, now: number, manner?: Manner): boolean {
  const passes = bucket.has(cost, now, manner);
  if (passes) bucket.take(cost, now);
  return passes;
}

describe('a bucket of five in a second', () => {
  it('lets five through at once, not the sixth, and one more 200 ms later, to the millisecond', () => {
    const bucket = new Bucket(5, NOW);
    expect([1, 2, 3, 4, 5, 6].map(() => ask(bucket, 1, NOW))).toEqual([true, true, true, true, true, false]);
    expect(bucket.passesAt(1, NOW)).toBe(NOW + 200);
    expect(ask(bucket, 1, NOW + 199)).toBe(false);
    expect(ask(bucket, 1, NOW + 200)).toBe(true);
    expect(ask(bucket, 1, NOW + 200)).toBe(false);
  });

  it('comes out even however often it is asked in between', () => {
    const bucket = new Bucket(5, NOW);
    bucket.take(5, NOW);
    for (let ms = 1; ms < 200; ms++) expect(ask(bucket, 1, NOW + ms)).toBe(false);
    expect(ask(bucket, 1, NOW + 200)).toBe(true);
  });

  it('has no more than five after an hour', () => {
    const bucket = new Bucket(5, NOW);
    bucket.take(5, NOW);
    expect(bucket.full(NOW + 999)).toBe(false);
    expect(bucket.full(NOW + 1000)).toBe(true);
    expect(bucket.level(NOW + 3_600_000)).toBe(5);
  });
});

describe('a bucket', () => {
  it('may be of less than one in a second: then one at once, and the next when its time has come', () => {
    const bucket = new Bucket(0.1, NOW);
    expect([ask(bucket, 1, NOW), ask(bucket, 1, NOW)]).toEqual([true, false]);
    expect(bucket.passesAt(1, NOW)).toBe(NOW + 10_000);
    expect([ask(bucket, 1, NOW + 9999), ask(bucket, 1, NOW + 10_000)]).toEqual([false, true]);
  });

  it('of nothing lets nothing through, ever', () => {
    const bucket = new Bucket(0, NOW);
    expect(bucket.has(1, NOW + 1e9)).toBe(false);
    expect(bucket.passesAt(1, NOW)).toBeUndefined();
  });

  it('with debt lets anything through while there is something, and then nothing until that is paid', () => {
    const bucket = new Bucket(500, NOW);
    expect(ask(bucket, 1000, NOW, 'debt')).toBe(true);
    expect(bucket.level(NOW)).toBe(-500);
    expect(bucket.passesAt(1, NOW, 'debt')).toBe(NOW + 1001);
    expect([ask(bucket, 1, NOW + 1000, 'debt'), ask(bucket, 1, NOW + 1001, 'debt')]).toEqual([false, true]);
  });

  it('goes on from where it was on a clock that is set back', () => {
    const bucket = new Bucket(5, NOW);
    bucket.take(5, NOW);
    expect(ask(bucket, 1, NOW - 3_600_000)).toBe(false);
    expect(ask(bucket, 1, NOW - 3_600_000 + 200)).toBe(true);
  });

  it('that is bound otherwise keeps what it has, as far as there is room', () => {
    const bucket = new Bucket(5, NOW);
    bucket.take(3, NOW);
    expect(bucket.bound(10, NOW).level(NOW)).toBe(2);
    expect(bucket.bound(1, NOW).level(NOW)).toBe(1);
  });
});

const rates = fc.oneof(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0.01, max: 100, noNaN: true }));
const asks = fc.array(fc.record({ after: fc.integer({ min: 0, max: 3000 }), cost: fc.integer({ min: 1, max: 40 }) }), {
  minLength: 1,
  maxLength: 60,
});

describe('whoever asks, and whenever', () => {
  it('what is admitted in any window is never more than burst + rate x window', () => {
    fc.assert(
      fc.property(rates, asks, (rate, all) => {
        const burst = Math.max(1, rate);
        const bucket = new Bucket(rate, NOW);
        const admitted: { at: number; cost: number }[] = [];
        let now = NOW;
        for (const { after, cost: wanted } of all) {
          now += after;
          const cost = Math.min(wanted, burst);
          if (ask(bucket, cost, now)) admitted.push({ at: now, cost });
        }
        for (let from = 0; from < admitted.length; from++) {
          let total = 0;
          for (let to = from; to < admitted.length; to++) {
            total += admitted[to]!.cost;
            const window = (admitted[to]!.at - admitted[from]!.at) / 1000;
            expect(total).toBeLessThanOrEqual(burst + rate * window + 1e-6);
          }
        }
      }),
    );
  });

  it('with debt only the last of any window may go beyond that', () => {
    fc.assert(
      fc.property(rates, asks, (rate, all) => {
        const bucket = new Bucket(rate, NOW);
        const admitted: { at: number; cost: number }[] = [];
        let now = NOW;
        for (const { after, cost } of all) {
          now += after;
          if (ask(bucket, cost, now, 'debt')) admitted.push({ at: now, cost });
        }
        for (let from = 0; from < admitted.length; from++) {
          let before = 0;
          for (let to = from; to < admitted.length; to++) {
            const window = (admitted[to]!.at - admitted[from]!.at) / 1000;
            expect(before).toBeLessThan(Math.max(1, rate) + rate * window + 1e-6);
            before += admitted[to]!.cost;
          }
        }
      }),
    );
  });

  it('an idle bucket never refuses what it may ever let through', () => {
    fc.assert(
      fc.property(rates, asks, fc.double({ min: 0.001, max: 1, noNaN: true }), (rate, all, share) => {
        const burst = Math.max(1, rate);
        const bucket = new Bucket(rate, NOW);
        let now = NOW;
        for (const { after, cost } of all) {
          now += after;
          ask(bucket, Math.min(cost, burst), now);
        }
        const idle = now + Math.ceil((burst / rate) * 1000);
        expect(bucket.has(burst * share, idle)).toBe(true);
        expect(bucket.full(idle + 1)).toBe(true);
      }),
    );
  });

  it('passes when it has been told it would, and not a millisecond before', () => {
    fc.assert(
      fc.property(rates, asks, fc.constantFrom<Manner>('whole', 'debt'), (rate, all, manner) => {
        const bucket = new Bucket(rate, NOW);
        let now = NOW;
        for (const { after, cost } of all) {
          now += after;
          if (ask(bucket, cost, now, manner)) continue;
          const at = bucket.passesAt(cost, now, manner) as number;
          expect(bucket.has(cost, at, manner)).toBe(true);
          expect(bucket.has(cost, at - 1, manner)).toBe(false);
        }
      }),
    );
  });
});
