import { expect, it } from 'vitest';
import { giveWay } from '../../src/runtime/giveWay.ts';
import { runSliced, sliceOver, takeSliced, turn } from '../../src/runtime/slices.ts';
import { turnsDuring } from '../support/turns.ts';

const SLICE_STEPS = 1000;

it('many long loops at once take no more of a turn than one', async () => {
  const loops = 20;
  let steps = 0;
  const loop = async (): Promise<void> => {
    for (let i = 0; i < SLICE_STEPS; i++) {
      steps += 1;
      if (sliceOver()) await turn();
    }
  };
  let before = 0;
  let most = 0;
  const turns = await turnsDuring(Promise.all(Array.from({ length: loops }, loop)), () => {
    most = Math.max(most, steps - before);
    before = steps;
  });
  expect(steps).toBe(loops * SLICE_STEPS);
  expect(turns).toBeGreaterThanOrEqual(loops);
  // Each has done a step before it knows that the slice is over.
  expect(most).toBeLessThanOrEqual(SLICE_STEPS + loops);
});

it('items are taken up to their count and no further, pauses not counted', async () => {
  let asked = 0;
  function* items(): Generator<number | undefined> {
    for (let i = 0; ; i++) {
      asked += 1;
      yield i % 3 === 2 ? undefined : i;
    }
  }
  expect(await takeSliced(items(), 5)).toEqual([0, 1, 3, 4, 6]);
  expect(asked).toBe(7);
  expect(await takeSliced(items(), 0)).toEqual([]);
  expect(asked).toBe(7);
  expect(await takeSliced([1, undefined, 2])).toEqual([1, 2]);
});

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
  expect(await runSliced(untilOthersHadTurns(5))).toBe('done');
});

it('much work at once does so as one does', async () => {
  const all = Array.from({ length: 20 }, () => runSliced(untilOthersHadTurns(3)));
  expect(new Set(await Promise.all(all))).toEqual(new Set(['done']));
});

it('work that comes from outside is told to wait once the slice of the turn is over', async () => {
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  while (!turned) await giveWay(1000);
  expect(turned).toBe(true);
});

it('what fails tells so', async () => {
  // biome-ignore lint/correctness/useYield: it fails before it comes to that
  const failing = function* (): Generator<void, void, void> {
    throw new Error('no');
  };
  await expect(runSliced(failing())).rejects.toThrow('no');
});
