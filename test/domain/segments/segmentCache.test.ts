import { describe, expect, it } from 'vitest';
import { SegmentCache } from '../../../src/domain/segments/segmentCache.ts';

const bytes = (size: number) => async () => new Uint8Array(size);

describe('the segment cache', () => {
  it('makes a segment once for two who ask at the same time, and once for those who ask later', async () => {
    const cache = new SegmentCache({ capacity: 100 });
    let made = 0;
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const make = async () => {
      made += 1;
      await held;
      return new Uint8Array(10);
    };
    const both = [cache.get('a', make), cache.get('a', make)];
    release();
    const [first, second] = await Promise.all(both);
    expect(first).toBe(second);
    expect(await cache.get('a', make)).toBe(first);
    expect(made).toBe(1);
  });

  it('never holds more than its capacity, and lets go of what was not used for longest', async () => {
    const cache = new SegmentCache({ capacity: 100 });
    await cache.get('a', bytes(40));
    await cache.get('b', bytes(40));
    await cache.get('a', bytes(40));
    await cache.get('c', bytes(40));
    expect(cache.size).toBe(80);
    const again: string[] = [];
    const note = (key: string) => async () => {
      again.push(key);
      return new Uint8Array(1);
    };
    await cache.get('a', note('a'));
    await cache.get('c', note('c'));
    await cache.get('b', note('b'));
    expect(again).toEqual(['b']);
  });

  it('does not keep what is larger than all of it', async () => {
    const cache = new SegmentCache({ capacity: 100 });
    await cache.get('a', bytes(60));
    expect((await cache.get('b', bytes(101))).length).toBe(101);
    expect(cache.size).toBe(60);
  });

  it('of no bytes keeps nothing, and makes what is asked for', async () => {
    const cache = new SegmentCache({ capacity: 0.5 });
    expect((await cache.get('a', bytes(5))).length).toBe(5);
    expect(cache.size).toBe(0);
  });

  it('forgets a failure', async () => {
    const cache = new SegmentCache({ capacity: 100 });
    await expect(cache.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect((await cache.get('a', bytes(5))).length).toBe(5);
  });
});
