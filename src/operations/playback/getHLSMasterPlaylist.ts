import { masterPlaylist } from '../../packaging/hls.ts';
import { describeTracks } from '../../packaging/measures.ts';
import { structure } from '../../protocol/shapes.ts';
import { resourceOperation } from '../operation.ts';
import { PLAYLIST_TYPE, sessionToken } from './resources.ts';

/** Where an HLS session begins: which tracks there are. */
export const getHLSMasterPlaylist = resourceOperation({
  name: 'GetHLSMasterPlaylist',
  plane: 'archived',
  path: '/hls/v1/getHLSMasterPlaylist.m3u8',
  actsOn: 'hlsSession',
  kind: 'resource',
  input: structure({ SessionToken: sessionToken }),
  async handle(_context, _input, session) {
    await session.admit();
    const { token, opening, settings } = session;
    const tracks = describeTracks(opening.media);
    const body = masterPlaylist({
      token,
      tracks,
      muxed: settings.container === 'MPEG_TS',
      bitsPerSecond: tracks.reduce((total, track) => total + track.bitsPerSecond, 0),
    });
    return { contentType: PLAYLIST_TYPE, body };
  },
});
