import { getClip } from './archived/getClip.ts';
import { getDASHStreamingSessionURL } from './archived/getDASHStreamingSessionURL.ts';
import { getHLSStreamingSessionURL } from './archived/getHLSStreamingSessionURL.ts';
import { getImages } from './archived/getImages.ts';
import { getMediaForFragmentList } from './archived/getMediaForFragmentList.ts';
import { listFragments } from './archived/listFragments.ts';
import { createSignalingChannel } from './control/createSignalingChannel.ts';
import { createStream } from './control/createStream.ts';
import { deleteEdgeConfiguration } from './control/deleteEdgeConfiguration.ts';
import { deleteSignalingChannel } from './control/deleteSignalingChannel.ts';
import { deleteStream } from './control/deleteStream.ts';
import { describeEdgeConfiguration } from './control/describeEdgeConfiguration.ts';
import { describeImageGenerationConfiguration } from './control/describeImageGenerationConfiguration.ts';
import { describeMappedResourceConfiguration } from './control/describeMappedResourceConfiguration.ts';
import { describeMediaStorageConfiguration } from './control/describeMediaStorageConfiguration.ts';
import { describeNotificationConfiguration } from './control/describeNotificationConfiguration.ts';
import { describeSignalingChannel } from './control/describeSignalingChannel.ts';
import { describeStream } from './control/describeStream.ts';
import { describeStreamStorageConfiguration } from './control/describeStreamStorageConfiguration.ts';
import { getDataEndpoint } from './control/getDataEndpoint.ts';
import { getSignalingChannelEndpoint } from './control/getSignalingChannelEndpoint.ts';
import { listEdgeAgentConfigurations } from './control/listEdgeAgentConfigurations.ts';
import { listSignalingChannels } from './control/listSignalingChannels.ts';
import { listStreams } from './control/listStreams.ts';
import { listTagsForResource } from './control/listTagsForResource.ts';
import { listTagsForStream } from './control/listTagsForStream.ts';
import { startEdgeConfigurationUpdate } from './control/startEdgeConfigurationUpdate.ts';
import { tagResource } from './control/tagResource.ts';
import { tagStream } from './control/tagStream.ts';
import { untagResource } from './control/untagResource.ts';
import { untagStream } from './control/untagStream.ts';
import { updateDataRetention } from './control/updateDataRetention.ts';
import { updateImageGenerationConfiguration } from './control/updateImageGenerationConfiguration.ts';
import { updateMediaStorageConfiguration } from './control/updateMediaStorageConfiguration.ts';
import { updateNotificationConfiguration } from './control/updateNotificationConfiguration.ts';
import { updateSignalingChannel } from './control/updateSignalingChannel.ts';
import { updateStream } from './control/updateStream.ts';
import { updateStreamStorageConfiguration } from './control/updateStreamStorageConfiguration.ts';
import { getMedia } from './media/getMedia.ts';
import { putMedia } from './media/putMedia.ts';
import type { Operation } from './operation.ts';
import { getDASHManifest } from './playback/getDASHManifest.ts';
import { getHLSMasterPlaylist } from './playback/getHLSMasterPlaylist.ts';
import { getHLSMediaPlaylist } from './playback/getHLSMediaPlaylist.ts';
import { getDASHInitFragment, getHLSInitFragment } from './playback/getMP4InitFragment.ts';
import { getDASHMediaFragment, getHLSMediaFragment } from './playback/getMP4MediaFragment.ts';
import { getTSFragment, getTSFragmentUnended } from './playback/getTSFragment.ts';
import { connectAsMaster } from './signaling/connectAsMaster.ts';
import { connectAsViewer } from './signaling/connectAsViewer.ts';
import { getIceServerConfig } from './signaling/getIceServerConfig.ts';
import { sendAlexaOfferToMaster } from './signaling/sendAlexaOfferToMaster.ts';
import { joinStorageSession, joinStorageSessionAsViewer } from './webrtcStorage/joinStorageSession.ts';

/** Every operation the emulator answers, one line each. */
export const registry: readonly Operation[] = [
  createSignalingChannel,
  createStream,
  deleteEdgeConfiguration,
  deleteSignalingChannel,
  deleteStream,
  describeEdgeConfiguration,
  describeImageGenerationConfiguration,
  describeMappedResourceConfiguration,
  describeMediaStorageConfiguration,
  describeNotificationConfiguration,
  describeSignalingChannel,
  describeStream,
  describeStreamStorageConfiguration,
  getDataEndpoint,
  getSignalingChannelEndpoint,
  listEdgeAgentConfigurations,
  listSignalingChannels,
  listStreams,
  listTagsForResource,
  listTagsForStream,
  startEdgeConfigurationUpdate,
  tagResource,
  tagStream,
  untagResource,
  untagStream,
  updateDataRetention,
  updateImageGenerationConfiguration,
  updateMediaStorageConfiguration,
  updateNotificationConfiguration,
  updateSignalingChannel,
  updateStream,
  updateStreamStorageConfiguration,

  getMedia,
  putMedia,

  getClip,
  getDASHStreamingSessionURL,
  getHLSStreamingSessionURL,
  getImages,
  getMediaForFragmentList,
  listFragments,

  connectAsViewer,
  connectAsMaster,
  getIceServerConfig,
  sendAlexaOfferToMaster,

  joinStorageSession,
  joinStorageSessionAsViewer,
];

/** What a session's URLs lead to; no service model has these. */
export const playbackRegistry: readonly Operation[] = [
  getDASHInitFragment,
  getDASHManifest,
  getDASHMediaFragment,
  getHLSInitFragment,
  getHLSMasterPlaylist,
  getHLSMediaPlaylist,
  getHLSMediaFragment,
  getTSFragment,
  getTSFragmentUnended,
];
