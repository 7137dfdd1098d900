import { expect, it } from 'vitest';
import { Repeats } from '../../src/runtime/repeats.ts';

it('what repeats is said at once, then once in ten seconds of each thing with a count, and then no more', () => {
  const due: (() => void)[] = [];
  const repeats = new Repeats((run, ms) => {
    expect(ms).toBe(10_000);
    due.push(run);
  });
  const said: string[] = [];
  const [one, other] = [{}, {}];
  const full = (of: object, name: string): void => repeats.say(of, 'full', (text) => said.push(`${name} ${text}`));
  for (let i = 0; i < 100; i++) full(one, 'one');
  full(other, 'other');
  expect(said).toEqual(['one full', 'other full']);
  for (const run of due.splice(0)) run();
  expect(said.slice(2)).toEqual(['one full (99 more in ten seconds)']);
  for (const run of due.splice(0)) run();
  expect([said.length, due.length]).toEqual([3, 0]);
  full(one, 'one');
  expect(said.at(-1)).toBe('one full');
});

it('texts that differ in numbers alone are one, and beyond twenty kinds all others are', () => {
  const due: (() => void)[] = [];
  const repeats = new Repeats((run) => due.push(run));
  const said: string[] = [];
  const one = {};
  for (let i = 0; i < 100; i++) repeats.say(one, `refused at ${i}`, (text) => said.push(text));
  expect(said).toEqual(['refused at 0']);
  const name = (i: number) => 'x'.repeat(i + 1);
  for (let i = 0; i < 1000; i++) repeats.say(one, name(i), (text) => said.push(text));
  expect([said.length, due.length]).toEqual([21, 21]);
  for (const run of due.splice(0)) run();
  expect(said.slice(21)).toEqual(['refused at 0 (99 more in ten seconds)', `${name(19)} (980 more in ten seconds)`]);
});
