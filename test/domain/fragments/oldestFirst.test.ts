import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fragment } from '../../../src/domain/fragments/fragment.ts';
import { type Dispensable, OldestFirst } from '../../../src/domain/fragments/oldestFirst.ts';
import { createEmulator } from '../../../src/index.ts';

describe('when memory is full', () => {
  it('the oldest fragment of all streams goes first, whatever came and went by itself', () => {
    const step = fc.record({ stream: fc.nat({ max: 3 }), what: fc.constantFrom('come', 'come', 'go', 'drop') });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const oldestFirst = new OldestFirst();
        const times: number[][] = [[], [], [], []];
        const streams: Dispensable[] = times.map((own) => ({
          oldest: () => (own[0] === undefined ? undefined : ({ serverTime: own[0] } as Fragment)),
          dropOldest: () => void own.shift(),
        }));
        let now = 0;
        for (const { stream, what } of steps) {
          const own = times[stream] as number[];
          if (what === 'come') {
            own.push(++now);
            oldestFirst.note(streams[stream] as Dispensable, now);
          } else if (what === 'go') own.shift();
          else {
            const all = times.flat().sort((a, b) => a - b);
            expect(oldestFirst.drop()).toBe(all.length > 0);
            expect(times.flat().sort((a, b) => a - b)).toEqual(all.slice(1));
          }
        }
      }),
    );
  });

  it('is an option with two values', async () => {
    await expect(createEmulator({ whenFull: 'explode' as never })).rejects.toThrow(
      'whenFull must be refuse or drop-oldest, not "explode".',
    );
  });
});
