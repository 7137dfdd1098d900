import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareNumbers, FragmentNumbers } from '../../../src/domain/fragments/fragmentNumbers.ts';
import { numbersOf, START, sequenceOf, serverTimeOf, startLog } from '../../support/fragments.ts';

const numbers = new FragmentNumbers('secret');

describe('a fragment number', () => {
  it.each([
    ['91343852333181432392682062607743920146159169392', 1, 1_511_852_109_126],
    ['91343852333181571046918222741096071001568090649', 28_002, 1_562_589_970_871],
    ['91343852333185057105875891022195998207386831087', 732_006, 1_643_353_247_067],
  ])("has the service's layout: %s", (seen, sequence, serverTime) => {
    const made = numbers.make(sequence, serverTime);
    expect(BigInt(made) >> 28n).toBe(BigInt(seen) >> 28n);
    expect(made.slice(0, 37)).toBe(seen.slice(0, 37));
  });

  it('has 47 digits, holds sequence and time, and is known again', () => {
    const sequences = fc.integer({ min: 1, max: 2 ** 40 });
    fc.assert(
      fc.property(sequences, fc.integer({ min: 0, max: 8.64e15 }), (sequence, serverTime) => {
        const number = numbers.make(sequence, serverTime);
        expect(number).toMatch(/^\d{47}$/);
        expect(serverTimeOf(number)).toBe(serverTime);
        expect(numbers.sequenceOf(number)).toBe(sequence);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('differs in its low 28 bits from stream to stream', () => {
    const low = (secret: string) => BigInt(new FragmentNumbers(secret).make(1, START)) & 0xfff_ffffn;
    expect(low('a')).not.toBe(low('b'));
    expect(low('a')).toBe(low('a'));
  });

  it('of another stream, or altered in any digit, is told apart', () => {
    const number = numbers.make(1001, START);
    expect(new FragmentNumbers('other').sequenceOf(number)).toBeUndefined();
    for (let at = 0; at < 47; at++) {
      const digit = (Number(number[at]) + 1) % 10;
      expect(numbers.sequenceOf(number.slice(0, at) + digit + number.slice(at + 1))).toBeUndefined();
    }
  });

  it.each(['', '0', '1', '9'.repeat(47), '9'.repeat(48), ` ${numbers.make(1, 1).slice(1)}`, `${numbers.make(1, 1)}0`])(
    'is not %j',
    (text) => {
      expect(numbers.sequenceOf(text)).toBeUndefined();
    },
  );

  it('compares by value at any length', () => {
    const value = fc.bigInt({ min: 0n, max: 2n ** 170n });
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(Math.sign(compareNumbers(`${a}`, `${b}`))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
      { seed: 2, numRuns: 200 },
    );
  });
});

describe('numbering', () => {
  it('goes up by one within a session and begins the next session in a block of its own', async () => {
    const { log, add } = startLog();
    const [first, second, third] = [{}, {}, {}];
    for (let i = 0; i < 3; i++) await add(1, { session: first });
    await add(1, { session: second });
    for (let i = 0; i < 999; i++) await add(1, { session: second });
    await add(1, { session: third });
    const sequences = numbersOf(log).map(sequenceOf);
    expect(sequences.slice(0, 4)).toEqual([1, 2, 3, 1001]);
    expect(sequences.slice(-2)).toEqual([2000, 2001]);
  });

  it('passes a thousand fragments in one session without a gap', async () => {
    const { log, add } = startLog();
    const next = {};
    for (let i = 0; i < 1002; i++) await add(1);
    await add(1, { session: next });
    expect(numbersOf(log).map(sequenceOf).slice(998)).toEqual([999, 1000, 1001, 1002, 2001]);
  });

  it('ascends in order of assignment when two sessions take turns, as strings too', async () => {
    const { add, clock, log } = startLog();
    const [a, b] = [{}, {}];
    const given: string[] = [];
    for (const session of [a, b, a, a, b, a, b, b]) {
      given.push((await add(1, { session })).number);
      await clock.advance(7);
    }
    expect(given).toEqual(given.toSorted());
    expect(numbersOf(log)).toEqual(given);
    expect(new Set(given.map(sequenceOf)).size).toBe(given.length);
    expect(given.map(serverTimeOf)).toEqual(given.map((_, index) => START + 7 * index));
  });

  it('says which numbers were given, whatever became of their fragments', async () => {
    const { log, add, open, clock } = startLog({ retentionMs: 1000 });
    const expired = await add();
    const failed = open();
    log.fail(failed);
    await clock.advance(1000);
    expect(numbersOf(log)).toEqual([]);
    expect([log.gave(expired.number), log.gave(failed.number)]).toEqual([true, true]);
    expect(log.newestNumber).toBe(failed.number);
    const other = startLog();
    const foreign = await other.add();
    expect(log.gave((BigInt(expired.number) + 1n).toString())).toBe(false);
    expect(startLog().log.gave(foreign.number)).toBe(false);
  });
});
