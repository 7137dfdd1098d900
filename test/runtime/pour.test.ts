import { describe, expect, it } from 'vitest';
import { pour } from '../../src/runtime/pour.ts';

/** Numbers from 1 on, and whether whoever took them has said that they want no more. */
function numbers(last = Number.POSITIVE_INFINITY) {
  const state = { given: 0, left: false };
  async function* give(): AsyncGenerator<number> {
    try {
      while (state.given < last) {
        state.given += 1;
        yield state.given;
      }
    } finally {
      state.left = true;
    }
  }
  return { items: give(), state };
}

describe('items that are poured', () => {
  it('come in order, each once, up to their end', async () => {
    const taken: number[] = [];
    await pour(numbers(5).items, (item) => {
      taken.push(item);
      return undefined;
    });
    expect(taken).toEqual([1, 2, 3, 4, 5]);
  });

  it('come one at a time where there is something to wait for', async () => {
    let under = 0;
    let most = 0;
    await pour(numbers(5).items, async () => {
      under += 1;
      most = Math.max(most, under);
      await Promise.resolve();
      under -= 1;
    });
    expect(most).toBe(1);
  });

  it('come no more once none are wanted', async () => {
    const { items, state } = numbers();
    await pour(items, (item) => (item === 3 ? false : undefined));
    expect(state).toEqual({ given: 3, left: true });
  });

  it('come no more once taking one has failed, which is told', async () => {
    const { items, state } = numbers();
    const failing = pour(items, () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(state).toEqual({ given: 1, left: true });
  });
});
