// A slow link and a pause, on a real time of the test's own.
import { describe, expect, it } from 'vitest';
import { bandwidth } from '../../../src/domain/faults/effects/bandwidth.ts';
import { latency } from '../../../src/domain/faults/effects/latency.ts';
import { stall } from '../../../src/domain/faults/effects/stall.ts';
import type { EffectKind, Pieces, Scene } from '../../../src/domain/faults/scene.ts';
import type { FaultEffect, FaultMatch } from '../../../src/domain/faults/spec.ts';

/** Lays an effect out and sends bytes through it. Gives back when how many had come. */
async function through(kind: EffectKind, effect: FaultEffect, match: FaultMatch, sizes: readonly number[]) {
  let now = 0;
  let fired = 0;
  let stage: ((pieces: Pieces) => Pieces) | undefined;
  const scene = {
    rule: { id: 'f', match, effect },
    operation: { name: 'PutMedia', plane: 'media', kind: 'duplex', names: 'stream' },
    direction: 'up',
    fired: () => {
      fired += 1;
    },
    elapsed: () => now,
    wait: async (ms: number) => {
      now += Math.max(0, ms);
    },
    stage: (_direction: string, wanted: (pieces: Pieces) => Pieces) => {
      stage = wanted;
    },
  } as unknown as Scene;
  kind.apply?.(scene, effect);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (const size of sizes) yield new Uint8Array(size);
  }
  const came: [ms: number, bytes: number][] = [];
  for await (const piece of stage?.(pieces()) ?? []) came.push([Math.round(now), piece.length]);
  const bytes = came.reduce((sum, [, length]) => sum + length, 0);
  return { came, bytes, ms: came.at(-1)?.[0], fired };
}

describe('a slow link', () => {
  it('lets so many bytes a second through, in slices, and loses none', async () => {
    const { came, bytes, ms, fired } = await through(bandwidth, { bandwidth: 1000 }, {}, [500, 1, 1499]);
    expect({ bytes, ms, fired }).toEqual({ bytes: 2000, ms: 2000, fired: 1 });
    expect(Math.max(...came.map(([, length]) => length))).toBe(50);
    expect(came[0]).toEqual([50, 50]);
  });

  it('is slow from a place on', async () => {
    const { came, bytes } = await through(bandwidth, { bandwidth: 1000 }, { afterBytes: 1000 }, [1500]);
    expect(came[0]).toEqual([0, 1000]);
    expect(came.at(-1)?.[0]).toBe(500);
    expect(bytes).toBe(1500);
  });

  it('may be as slow as a byte a second, or so fast that nobody waits', async () => {
    expect(await through(bandwidth, { bandwidth: 1 }, {}, [3])).toMatchObject({ bytes: 3, ms: 3000 });
    expect(await through(bandwidth, { bandwidth: 1e9 }, {}, [1e6])).toMatchObject({ bytes: 1e6, ms: 1 });
  });
});

it('a pause comes once, at its place', async () => {
  const { came, fired } = await through(stall, { stall: 10_000 }, { afterBytes: 150 }, [100, 100, 100]);
  expect(came).toEqual([
    [0, 100],
    [0, 50],
    [10_000, 50],
    [10_000, 100],
  ]);
  expect(fired).toBe(1);
});

it('the jitter of a latency goes both ways, and nothing comes before it was sent', async () => {
  const waits: number[] = [];
  const chances = [0, 0.5, 1];
  for (const chance of chances) {
    const scene = {
      direction: 'down',
      chance: () => chance,
      fired: () => undefined,
      wait: async (ms: number) => void waits.push(ms),
      beforeAnswer: (run: () => Promise<void>) => void run(),
    } as unknown as Scene;
    latency.apply?.(scene, { latency: 250, jitter: 50 });
  }
  expect(waits).toEqual([200, 250, 300]);
});
