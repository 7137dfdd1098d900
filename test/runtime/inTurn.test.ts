import { expect, it } from 'vitest';
import { inTurn } from '../../src/runtime/inTurn.ts';

it('begins with a module when that before it is loaded, or cannot be', async () => {
  const said: string[] = [];
  const load = (name: string, fails = false) =>
    inTurn(async () => {
      said.push(`${name} begins`);
      await new Promise((done) => setImmediate(done));
      said.push(`${name} ends`);
      if (fails) throw new Error(`${name} is missing`);
      return name;
    });
  const loaded = await Promise.allSettled([load('one'), load('two', true), load('three')]);
  expect(loaded.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(said).toEqual(['one begins', 'one ends', 'two begins', 'two ends', 'three begins', 'three ends']);
});
