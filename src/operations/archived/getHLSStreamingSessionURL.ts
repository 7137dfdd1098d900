import { long, oneOf, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { openSession, sessionMembers, sessionSelector, sessionUrl } from './openSession.ts';

/** A URL that any HLS player plays until the session expires. */
export const getHLSStreamingSessionURL = jsonOperation({
  name: 'GetHLSStreamingSessionURL',
  plane: 'archived',
  path: '/getHLSStreamingSessionURL',
  actsOn: 'activeStream',
  kind: 'json',
  input: structure({
    ...sessionMembers,
    HLSFragmentSelector: sessionSelector,
    ContainerFormat: oneOf('FRAGMENTED_MP4', 'MPEG_TS'),
    DiscontinuityMode: oneOf('ALWAYS', 'NEVER', 'ON_DISCONTINUITY'),
    MaxMediaPlaylistFragmentResults: long({ min: 1, max: 5000 }),
  }),
  async handle(context, given, stream) {
    const session = await openSession(context, stream, given, given.HLSFragmentSelector, {
      protocol: 'HLS',
      selectorName: 'HLSFragmentSelector',
      container: given.ContainerFormat ?? 'FRAGMENTED_MP4',
      discontinuity: given.DiscontinuityMode,
      max: given.MaxMediaPlaylistFragmentResults,
      showNumbers: false,
    });
    return { HLSStreamingSessionURL: sessionUrl(context, session, '/hls/v1/getHLSMasterPlaylist.m3u8') };
  },
});
