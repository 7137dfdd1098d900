// What a session costs does not grow with its stream. Counted, not timed.
import { expect, it } from 'vitest';
import { FragmentIndex } from '../../../src/domain/fragments/fragmentIndex.ts';
import { getImages } from '../../../src/operations/archived/getImages.ts';
import { openDash, openHls, playlistOf, range, startCamera, textOf } from './harness.ts';

it('looks at the fragments that it lists, however many there are', async () => {
  const looks = async (recorded: number) => {
    const camera = await startCamera({ stream: { audio: false, frameTicks: 1000, frameBytes: 20 } });
    await camera.record(recorded);
    const count = { steps: 0 };
    const restore = countSteps(count);
    try {
      await playlistOf(camera, await openHls(camera));
      await textOf(camera, await openDash(camera));
      const selector = (type: string) => ({ FragmentSelectorType: type, TimestampRange: range(0, 1e7) });
      for (const type of ['SERVER_TIMESTAMP', 'PRODUCER_TIMESTAMP']) {
        for (const PlaybackMode of ['ON_DEMAND', 'LIVE_REPLAY']) {
          const options = { PlaybackMode, MaxMediaPlaylistFragmentResults: 5, HLSFragmentSelector: selector(type) };
          await playlistOf(camera, await openHls(camera, options));
        }
      }
    } finally {
      restore();
    }
    return count.steps;
  };
  const few = await looks(40);
  expect(few).toBeGreaterThan(10);
  expect(await looks(380)).toBe(few);
});

it('looks at the fragments of one page of images, however many the range has', async () => {
  const looks = async (recorded: number) => {
    const camera = await startCamera({ stream: { audio: false, frameTicks: 1000, frameBytes: 20 } });
    await camera.record(recorded);
    const count = { steps: 0 };
    const restore = countSteps(count);
    try {
      const asked = { StreamName: 'camera', ImageSelectorType: 'PRODUCER_TIMESTAMP', Format: 'JPEG', MaxResults: 2 };
      const { Images } = await camera.call(getImages, { ...asked, ...range(0, 300_000) });
      expect(Images).toHaveLength(2);
    } finally {
      restore();
    }
    return count.steps;
  };
  const few = await looks(10);
  expect(few).toBeGreaterThan(1);
  expect(await looks(140)).toBe(few);
});

/** Counts every fragment that an index hands out one by one. */
function countSteps(count: { steps: number }): () => void {
  const { range: byRange, newestFirst } = FragmentIndex.prototype;
  function* counted<T>(items: Iterable<T>): Generator<T> {
    for (const item of items) {
      count.steps += 1;
      yield item;
    }
  }
  FragmentIndex.prototype.range = function (...args) {
    return counted(byRange.apply(this, args));
  };
  FragmentIndex.prototype.newestFirst = function (...args) {
    return counted(newestFirst.apply(this, args));
  };
  return () => Object.assign(FragmentIndex.prototype, { range: byRange, newestFirst });
}
