import { load } from '../load.mjs';

/** What chapters write media with: the writer of the tests, and the few shapes that the script sends. */
export async function makeMatroska() {
  const mkv = await load('test/support/mkv.ts');
  const { concat, ebmlHeader, segment, info, tracks, cluster, simpleBlock } = mkv;
  return {
    ...mkv,
    /** Everything in front of the first Cluster. */
    document: (list) => concat(ebmlHeader(), segment([info(), tracks(list)])),
    /** A Cluster with a frame in it, of as many bytes as are asked for. */
    fragment: (timecode, { bytes = 100, ...block } = {}) =>
      cluster({ timecode }, [simpleBlock({ key: true, data: new Uint8Array(bytes).fill(7), ...block })]),
  };
}
