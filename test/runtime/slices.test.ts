import { expect, it } from 'vitest';
import { Slices } from '../../src/runtime/slices.ts';

/** Work that is never over unless others have their turns. */
function* untilOthersHadTurns(turns: number): Generator<void, string, void> {
  let had = 0;
  const another = (): void => {
    had += 1;
    if (had < turns) setImmediate(another);
  };
  setImmediate(another);
  while (had < turns) yield;
  return 'done';
}

it('work in slices lets others have their turns, and comes to its result', async () => {
  expect(await new Slices().run(untilOthersHadTurns(5))).toBe('done');
});

it('much work at once does so as one does', async () => {
  const slices = new Slices();
  const all = Array.from({ length: 20 }, () => slices.run(untilOthersHadTurns(3)));
  expect(new Set(await Promise.all(all))).toEqual(new Set(['done']));
});

it('work that comes from outside is told to wait once the slice of the turn is over', async () => {
  const slices = new Slices();
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  while (!turned) await slices.giveWay();
  expect(turned).toBe(true);
});

it('what fails tells so', async () => {
  // biome-ignore lint/correctness/useYield: it fails before it comes to that
  const failing = function* (): Generator<void, void, void> {
    throw new Error('no');
  };
  await expect(new Slices().run(failing())).rejects.toThrow('no');
});
