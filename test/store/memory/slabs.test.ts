import { describe, expect, it } from 'vitest';
import { Slabs } from '../../../src/store/memory/slabs.ts';

const KIB = 1024;

describe('blocks that nobody fills any more', () => {
  it('are filled again, and let go of where there is no room for them', () => {
    const slabs = new Slabs();
    const [kept, gone] = [slabs.take(64 * KIB, 0), slabs.take(4 * KIB, 0)];
    slabs.give(kept);
    slabs.give(gone);
    slabs.shrinkTo(64 * KIB);
    expect([slabs.bytes, gone.bytes.length]).toEqual([64 * KIB, 0]);
    expect(slabs.take(64 * KIB, 0).bytes).toBe(kept.bytes);
  });

  it('stay as they are where somebody has a view of them', () => {
    const slabs = new Slabs();
    const slab = slabs.take(64 * KIB, 0);
    slab.bytes.fill(7);
    const view = slab.bytes.subarray(0, 4);
    slab.seen = true;
    slabs.give(slab);
    slabs.shrinkTo(0);
    expect([slabs.bytes, ...view]).toEqual([0, 7, 7, 7, 7]);
  });
});
