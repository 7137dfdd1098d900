import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fragment } from '../../../src/domain/fragments/fragment.ts';
import { FragmentNumbers } from '../../../src/domain/fragments/fragmentNumbers.ts';
import { FragmentTrees, type TimeAxis } from '../../../src/domain/fragments/fragmentTrees.ts';

const numbers = new FragmentNumbers('index');
/** Few different times, so that several fragments share one. */
const someTime = fc.integer({ min: 0, max: 12 });
const someAxis = fc.constantFrom<TimeAxis>('serverTime', 'producerTime');
const someFragments = fc.array(fc.tuple(someTime, someTime, fc.boolean()), { maxLength: 40 });

/** The index of fragments of which some were removed again, and those that are left, in order of number. */
function build(times: readonly (readonly [number, number, boolean])[]): { index: FragmentTrees; left: Fragment[] } {
  const index = new FragmentTrees();
  const all = times.map(([serverTime, producerTime, stays], at) => {
    const fragment = { number: numbers.make(at + 1, serverTime), serverTime, producerTime } as Fragment;
    index.add(fragment);
    return { fragment, stays };
  });
  for (const { fragment, stays } of all) if (!stays) index.remove(fragment);
  return { index, left: all.filter(({ stays }) => stays).map(({ fragment }) => fragment) };
}
const along = (axis: TimeAxis, list: readonly Fragment[]): Fragment[] =>
  list.toSorted((a, b) => a[axis] - b[axis] || (a.number < b.number ? -1 : 1));
const runs = (seed: number) => ({ seed, numRuns: 200 });

describe('the index of fragments agrees with a plain list', () => {
  it('in order of number', () => {
    fc.assert(
      fc.property(someFragments, (times) => {
        const { index, left } = build(times);
        expect([...index.ascending(undefined)]).toEqual(left);
        expect([...index.newestFirst()]).toEqual(left.toReversed());
        expect(index.after(undefined)).toBe(left[0]);
        left.forEach((fragment, at) => {
          expect(index.get(fragment.number)).toBe(fragment);
          expect([...index.ascending(fragment.number)]).toEqual(left.slice(at + 1));
          expect([...index.newestFirst(left[0]?.number, fragment.number)]).toEqual(left.slice(1, at).reverse());
          expect(index.after(fragment.number)).toBe(left[at + 1]);
          expect(index.after((BigInt(fragment.number) - 1n).toString())).toBe(fragment);
        });
        expect(index.after('9'.repeat(47))).toBeUndefined();
        expect(index.after('0')).toBe(left[0]);
      }),
      runs(1),
    );
  });

  it('in ranges of time', () => {
    fc.assert(
      fc.property(someFragments, someAxis, someTime, someTime, (times, axis, start, end) => {
        const { index, left } = build(times);
        const expected = along(axis, left).filter(({ [axis]: time }) => time >= start && time <= end);
        expect([...index.range(axis, start, end)]).toEqual(expected);
        const all = [...index.range(axis, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)];
        expect(all).toEqual(along(axis, left));
      }),
      runs(2),
    );
  });

  it('behind any place, one that is there or is not, within the range or outside', () => {
    const someNumber = fc.integer({ min: 0, max: 45 });
    fc.assert(
      fc.property(someFragments, someAxis, someTime, someTime, someTime, someNumber, (times, axis, ...rest) => {
        const [start, end, time, sequence] = rest;
        const { index, left } = build(times);
        const known = left.find((fragment) => fragment.number.startsWith(numbers.make(sequence, time).slice(0, 30)));
        const behind = { time, number: known?.number ?? numbers.make(sequence, time) };
        const expected = along(axis, left).filter((fragment) => {
          const later = fragment[axis] > time || (fragment[axis] === time && fragment.number > behind.number);
          return later && fragment[axis] >= start && fragment[axis] <= end;
        });
        expect([...index.range(axis, start, end, behind)]).toEqual(expected);
      }),
      runs(3),
    );
  });

  it('page by page', () => {
    fc.assert(
      fc.property(someFragments, someAxis, fc.integer({ min: 1, max: 5 }), (times, axis, size) => {
        const { index, left } = build(times);
        const found: Fragment[] = [];
        let behind: { time: number; number: string } | undefined;
        for (;;) {
          const page: Fragment[] = [];
          for (const fragment of index.range(axis, 2, 10, behind)) if (page.push(fragment) === size) break;
          found.push(...page);
          const last = page.at(-1);
          if (last === undefined) break;
          behind = { time: last[axis], number: last.number };
        }
        expect(found).toEqual(along(axis, left).filter(({ [axis]: time }) => time >= 2 && time <= 10));
      }),
      runs(4),
    );
  });

  it('at or before a time, and behind one', () => {
    fc.assert(
      fc.property(someFragments, someAxis, fc.integer({ min: -1, max: 14 }), (times, axis, time) => {
        const { index, left } = build(times);
        const sorted = along(axis, left);
        const down = sorted.filter((fragment) => fragment[axis] <= time).reverse();
        expect(index.newestAt(axis, time)).toBe(down[0]);
        expect([...index.downFrom(axis, time, Number.NEGATIVE_INFINITY)]).toEqual(down);
        expect([...index.downFrom(axis, time, 2, down[0])]).toEqual(down.slice(1).filter((one) => one[axis] >= 2));
        expect(index.behind(axis, time)).toBe(sorted.find((fragment) => fragment[axis] > time));
      }),
      runs(5),
    );
  });
});
