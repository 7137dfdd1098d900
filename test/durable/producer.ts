import { type Bytes, cluster, concat, ebmlHeader, info, segment, simpleBlock, tracks } from '../support/mkv.ts';

/** A Cluster with one frame of those bytes. */
export const clusterOf = Object.assign(
  (timecode: number, payload: Bytes): Bytes => cluster({ timecode }, [simpleBlock({ key: true, data: payload })]),
  {
    /** What stands in front of the Clusters of a body that goes on. */
    head: (): Bytes => concat(ebmlHeader(), segment([info(), tracks()], { size: 'unknown8' })),
  },
);
