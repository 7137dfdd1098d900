import { describe, expect, it } from 'vitest';
import { ClusterFinder } from '../../src/media/matroska/clusterFinder.ts';
import {
  type Bytes,
  cluster,
  concat,
  ebmlHeader,
  info,
  segment,
  simpleBlock,
  tags,
  text,
  tracks,
} from '../support/mkv.ts';

const head = concat(ebmlHeader(), segment([info(), tracks()]));
const clusters = [
  cluster({ timecode: 0, size: 'unknown1' }, [simpleBlock({ data: text('a'.repeat(50)) })]),
  concat(tags({ a: 'b' }), cluster({ timecode: 1000, size: 'known', crc: true }, [simpleBlock()])),
  cluster({ timecode: 70_000, size: 'unknown8' }, [simpleBlock()]),
];
const whole = concat(head, ...clusters);

/** Where a Cluster's id stands, found by looking for it. */
const ID = Buffer.from('1f43b675', 'hex');
function startsOf(bytes: Bytes): number[] {
  const found: number[] = [];
  for (let at = Buffer.from(bytes).indexOf(ID); at >= 0; at = Buffer.from(bytes).indexOf(ID, at + 1)) found.push(at);
  return found;
}

function findIn(pieces: readonly Bytes[]) {
  const finder = new ClusterFinder();
  return pieces.flatMap((piece) => finder.push(piece));
}

describe('the finder of Clusters', () => {
  it('tells where each begins and where its timestamp ends, of any size and behind anything', () => {
    const found = findIn([whole]);
    expect(found.map(({ start }) => start)).toEqual(startsOf(whole));
    expect(found).toHaveLength(3);
    // Id, size, and a timecode of one byte.
    expect((found[0]?.headEnd ?? 0) - (found[0]?.start ?? 0)).toBe(4 + 1 + 3);
    expect(whole[(found[2]?.headEnd ?? 0) - 1]).toBe(70_000 % 256);
  });

  it('tells the same wherever the stream is cut, byte by byte included', () => {
    const found = findIn([whole]);
    for (let at = 1; at < whole.length; at++) {
      expect(findIn([whole.subarray(0, at), whole.subarray(at)]), `cut at ${at}`).toEqual(found);
    }
    expect(findIn([...whole].map((byte) => Uint8Array.of(byte)))).toEqual(found);
  });

  it('goes on with documents that follow each other, and finds nothing in what is no Matroska', () => {
    expect(findIn([whole, whole]).map(({ start }) => start)).toEqual(startsOf(concat(whole, whole)));
    expect(findIn([new Uint8Array(1000), whole])).toEqual([]);
  });
});
