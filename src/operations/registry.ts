import { getDASHStreamingSessionURL } from './archived/getDASHStreamingSessionURL.ts';
import { getHLSStreamingSessionURL } from './archived/getHLSStreamingSessionURL.ts';
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
import { getHLSMasterPlaylist } from './playback/getHLSMasterPlaylist.ts';
import { getHLSMediaPlaylist } from './playback/getHLSMediaPlaylist.ts';
import { getDASHInitFragment, getHLSInitFragment } from './playback/getMP4InitFragment.ts';
import { getDASHMediaFragment, getHLSMediaFragment } from './playback/getMP4MediaFragment.ts';
import { getTSFragment, getTSFragmentUnended } from './playback/getTSFragment.ts';

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

  getDASHStreamingSessionURL,
  getHLSStreamingSessionURL,
  getMediaForFragmentList,
  listFragments,

  getDASHInitFragment,
  getDASHMediaFragment,
  getHLSInitFragment,
  getHLSMasterPlaylist,
  getHLSMediaPlaylist,
  getHLSMediaFragment,
  getTSFragment,
  getTSFragmentUnended,
];
