import { getMediaForFragmentList } from './archived/getMediaForFragmentList.ts';
import { listFragments } from './archived/listFragments.ts';
import { createStream } from './control/createStream.ts';
import { deleteStream } from './control/deleteStream.ts';
import { describeStream } from './control/describeStream.ts';
import { getDataEndpoint } from './control/getDataEndpoint.ts';
import { listStreams } from './control/listStreams.ts';
import { listTagsForStream } from './control/listTagsForStream.ts';
import { tagStream } from './control/tagStream.ts';
import { untagStream } from './control/untagStream.ts';
import { updateDataRetention } from './control/updateDataRetention.ts';
import { updateStream } from './control/updateStream.ts';
import { getMedia } from './media/getMedia.ts';
import { putMedia } from './media/putMedia.ts';
import type { Operation } from './operation.ts';

/** Every operation the emulator answers, one line each. */
export const registry: readonly Operation[] = [
  createStream,
  deleteStream,
  describeStream,
  getDataEndpoint,
  listStreams,
  listTagsForStream,
  tagStream,
  untagStream,
  updateDataRetention,
  updateStream,

  getMedia,
  putMedia,

  getMediaForFragmentList,
  listFragments,
];
