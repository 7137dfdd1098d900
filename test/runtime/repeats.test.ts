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
