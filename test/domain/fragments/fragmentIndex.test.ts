import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Fragment, FragmentHome } from '../../../src/domain/fragments/fragment.ts';
import { FragmentIndex, type TimeAxis } from '../../../src/domain/fragments/fragmentIndex.ts';
import { FragmentNumbers } from '../../../src/domain/fragments/fragmentNumbers.ts';
import type { Recording } from '../../../src/domain/fragments/recording.ts';
import { Run } from '../../../src/domain/fragments/run.ts';

const SECRET = 'index';
const numbers = new FragmentNumbers(SECRET);
const NOTHING = new Uint8Array();
const home = {} as FragmentHome;

const someTime = fc.integer({ min: 0, max: 60 });
const someKept = fc.record({ gap: fc.integer({ min: 1, max: 4 }), producerTime: someTime });
const someRun = fc.record({
  gap: fc.integer({ min: 1, max: 4 }),
  offsets: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }),
  count: fc.integer({ min: 1, max: 9 }),
  gone: fc.integer({ min: 0, max: 3 }),
  missing: fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined }),
});
const someStream = fc.array(fc.oneof(someKept, someRun), { maxLength: 8 });

type Stream = typeof someStream extends fc.Arbitrary<infer S> ? S : never;
type Seen = Pick<Fragment, 'number' | TimeAxis>;
const seen = ({ number, serverTime, producerTime }: Fragment): Seen => ({ number, serverTime, producerTime });

/** Fragments that are kept and recordings that are shown, one behind the other, and all that is there of them. */
function build(stream: Stream) {
  const index = new FragmentIndex();
  const all: Seen[] = [];
  let [sequence, time] = [1, 0];
  for (const one of stream) {
    if ('producerTime' in one) {
      time += one.gap;
      const fragment = {
        number: numbers.make(sequence, time),
        serverTime: time,
        producerTime: one.producerTime,
      } as Fragment;
      index.add(fragment);
      all.push(seen(fragment));
      sequence += 1;
      continue;
    }
    const offsets = one.offsets.toSorted((a, b) => a - b);
    const fragments = offsets.map(
      (serverTime) => ({ serverTime, leading: NOTHING, lengthMs: 1, size: 10 }) as Fragment,
    );
    const recording = {
      arn: 'r',
      fragments,
      durationMs: 7,
      key: () => undefined,
      unlock: () => undefined,
    } as Recording;
    const start = time + one.gap;
    const { count } = one;
    const record = {
      ...{
        stream: 's',
        recording: 'r',
        sequence,
        secret: SECRET,
        start,
        step: 7,
        turn: offsets.length,
        count,
        gone: 0,
      },
      ...{ key: NOTHING, leading: NOTHING, leadingSize: 0 },
    };
    const run = new Run(record, recording, home);
    index.addRun(run);
    run.goneTo(Math.min(one.gone, count));
    if (one.missing !== undefined && one.missing >= run.gone && one.missing < count) run.miss(one.missing);
    for (let n = 0; n < count; n += 1) if (run.has(n)) all.push(seen(run.fragment(n)));
    time = run.time(count - 1);
    sequence += count;
  }
  return { index, all };
}

const along = (axis: TimeAxis, list: readonly Seen[]): Seen[] =>
  list.toSorted((a, b) => a[axis] - b[axis] || (a.number < b.number ? -1 : 1));

it('what is kept and what is shown are one list, whatever the order of their producer times', () => {
  fc.assert(
    fc.property(someStream, someTime, someTime, (stream, start, end) => {
      const { index, all } = build(stream);
      expect(index.size).toBe(all.length);
      expect([...index.ascending(undefined)].map(seen)).toEqual(all);
      expect([...index.newestFirst()].map(seen)).toEqual(all.toReversed());
      expect(index.newest()?.number).toBe(all.at(-1)?.number);
      for (const [at, { number }] of all.entries()) {
        expect(index.get(number)?.number).toBe(number);
        expect(index.after(number)?.number).toBe(all[at + 1]?.number);
        expect(index.after((BigInt(number) - 1n).toString())?.number).toBe(number);
        expect([...index.newestFirst(all[0]?.number, number)].map(seen)).toEqual(all.slice(1, at).reverse());
      }
      for (const axis of ['serverTime', 'producerTime'] as const) {
        const ordered = along(axis, all);
        const within = ordered.filter(({ [axis]: time }) => time >= start && time <= end);
        expect([...index.range(axis, start, end)].map(seen)).toEqual(within);
        expect([...index.downFrom(axis, end, start)].map(seen)).toEqual(within.toReversed());
        for (const [at, one] of within.entries()) {
          const place = { time: one[axis], number: one.number };
          expect([...index.range(axis, start, end, place)].map(seen)).toEqual(within.slice(at + 1));
          expect([...index.downFrom(axis, end, start, one as Fragment)].map(seen)).toEqual(
            within.slice(0, at).reverse(),
          );
        }
        expect(index.behind(axis, start)?.number).toBe(ordered.find(({ [axis]: time }) => time > start)?.number);
      }
      if (index.inOrder) expect(along('producerTime', all)).toEqual(all);
    }),
    { seed: 1, numRuns: 300 },
  );
});

it('what is shown and is older than a time goes at once, and nothing else', () => {
  fc.assert(
    fc.property(someStream, someTime, (stream, time) => {
      const { index, all } = build(stream);
      const { shown, kept } = index;
      const bytes = shown.bytes;
      const gone = all.filter(({ number, serverTime }) => kept.get(number) === undefined && serverTime <= time);
      shown.expire(time);
      const left = all.filter((one) => !gone.includes(one));
      expect([...index.ascending(undefined)].map(seen)).toEqual(left);
      expect(bytes - shown.bytes).toBe(gone.length * 10);
      for (const { number } of gone) expect(index.get(number)).toBeUndefined();
      expect(shown.takeOver().every(({ size }) => size === 0)).toBe(true);
      expect([...index.ascending(undefined)].map(seen)).toEqual(left);
    }),
    { seed: 2, numRuns: 300 },
  );
});
