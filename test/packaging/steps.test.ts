import { describe, expect, it } from 'vitest';
import type { Steps } from '../../src/media/steps.ts';
import { clip } from '../../src/packaging/clip.ts';
import { inspectFragment } from '../../src/packaging/fragmentMedia.ts';
import { pictureJobs } from '../../src/packaging/images.ts';
import { initOf, mp4Segment, transportSegment } from '../../src/packaging/segments.ts';
import { fragmentsOf } from '../media/support/fragments.ts';
import { fixture } from '../support/fixtures.ts';

function partsOf(steps: Steps<unknown>): number {
  let parts = 1;
  while (!steps.next().done) parts += 1;
  return parts;
}

describe('what is made of a fragment', () => {
  const [{ header, pieces } = { header: undefined, pieces: [] as Uint8Array[] }] = fragmentsOf(
    fixture('h264-aac-gop1s.mkv'),
  );
  if (header === undefined) throw new Error('a fixture without fragments');
  const time = { startMs: 0, delayMs: 0 };
  const spans = new Map([1, 2].map((track) => [track, { from: 0, duration: 1000 }]));
  const wanted = [{ key: 0, offsetMs: 0 }];

  it.each<[string, () => Steps<unknown>, number]>([
    ['what is in it', () => inspectFragment(header, pieces), 7],
    ['an init segment', () => initOf(header, pieces, 1), 2],
    ['a segment of MP4', () => mp4Segment(header, pieces, 1, 1, time), 4],
    ['a segment of MPEG-TS', () => transportSegment(header, pieces, time), 6],
    ['a clip', () => clip([{ header, pieces, placement: { ...time, spans } }], 0), 20],
    ['pictures', () => pictureJobs([{ header, pieces, wanted }], () => undefined), 5],
  ])('%s is made in parts, between which others may have their turns', (_, make, least) => {
    expect(partsOf(make())).toBeGreaterThanOrEqual(least);
  });
});
