import { describe, expect, it } from 'vitest';
import type { Block } from '../../../src/media/matroska/handler.ts';
import { MatroskaReader } from '../../../src/media/matroska/reader.ts';
import { readFrames } from '../../../src/media/matroska/samples.ts';
import { fixture } from '../../support/fixtures.ts';
import { ID } from '../../support/ids.ts';
import * as mkv from '../../support/mkv.ts';
import { inPieces } from '../../support/recorder.ts';
import { fragmentsOf } from '../support/fragments.ts';

const block = mkv.element(ID.Block, mkv.hex('81 0000 00 aa'));
const reference = mkv.element(ID.ReferenceBlock, mkv.hex('d8'));
const duration = mkv.uint(ID.BlockDuration, 40);

/** Whether each block is a key frame, by what the reader has told when all is said. */
function keys(stream: mkv.Bytes, step: number): boolean[] {
  const found = new Map<Block, boolean>();
  const reader = new MatroskaReader({
    header: () => undefined,
    cluster: () => undefined,
    timestamp: () => undefined,
    block: (one) => void found.set(one, one.key),
    delta(one) {
      if (found.get(one) !== true) throw new Error('a Block that was no key frame anyway, or was never told');
      found.set(one, false);
    },
    tags: () => undefined,
    signal: () => undefined,
    documentEnd: () => undefined,
    bytes: () => undefined,
  });
  for (const piece of inPieces(stream, step)) reader.push(piece);
  reader.end();
  return [...found.values()];
}

describe('a Matroska reader tells key frames', () => {
  it.each([1, 2, 3, 7, 1000])('by flag or by reference, in pieces of %i bytes', (step) => {
    const blocks = [
      mkv.simpleBlock({ key: true }),
      mkv.simpleBlock({ key: false, discardable: true }),
      mkv.element(ID.BlockGroup, [block, reference]),
      mkv.element(ID.BlockGroup, [block, duration]),
      mkv.element(ID.BlockGroup, [reference, duration, block]),
      mkv.element(ID.BlockGroup, [block, reference, reference]),
      mkv.element(ID.BlockGroup, [block]),
      mkv.simpleBlock({ key: true, lacing: 'xiph', frames: [mkv.text('a'), mkv.text('bc')] }),
    ];
    const head = mkv.concat(mkv.ebmlHeader(), mkv.segment([mkv.info(), mkv.tracks()]));
    const stream = mkv.concat(head, mkv.cluster({ timecode: 0 }, blocks));
    expect(keys(stream, step)).toEqual([true, false, false, true, false, false, true, true]);
  });

  it.each(['mkvmerge-blockgroups.mkv', 'gst-streamable.mkv', 'h264-bframes-aac-gop2s.mkv'])('of %s', (name) => {
    const file = fixture(name);
    const frames = fragmentsOf(file).flatMap(({ header, pieces }) => [...readFrames(header, pieces).values()].flat());
    const told = keys(file, 1000);
    // Frames that share a Block are key frames together, and only audio shares Blocks here.
    expect(told.filter((key) => !key)).toHaveLength(frames.filter(({ key }) => !key).length);
    expect(told.some((key) => key)).toBe(true);
  });
});
