import { initOf } from '../../packaging/segments.ts';
import { integer, structure } from '../../protocol/shapes.ts';
import { resourceOperation } from '../operation.ts';
import { MP4_TYPE, noSuchFragment, noSuchTrack, sessionOf, sessionToken, trackNumber } from './resources.ts';

/** What a decoder must know of a track, from the codec private data of the fragment that SequenceNumber names. */
export const getHLSInitFragment = resourceOperation({
  name: 'GetMP4InitFragment',
  plane: 'archived',
  path: '/hls/v1/getMP4InitFragment.mp4',
  kind: 'resource',
  input: structure({ SessionToken: sessionToken, TrackNumber: trackNumber, SequenceNumber: integer({ min: 0 }) }),
  handle(context, { SessionToken, TrackNumber = 1, SequenceNumber }) {
    const session = sessionOf(context, SessionToken, 'HLS');
    const named = SequenceNumber === undefined ? session.opening.fragment : session.entryAt(SequenceNumber);
    if (named === undefined) throw noSuchFragment();
    const body = initOf(named.header, TrackNumber);
    if (body === undefined) throw noSuchTrack(TrackNumber);
    return { contentType: MP4_TYPE, body };
  },
});

/** The same of a DASH session, in which it never changes. */
export const getDASHInitFragment = resourceOperation({
  name: 'GetMP4InitFragment',
  plane: 'archived',
  path: '/dash/v1/getMP4InitFragment.mp4',
  kind: 'resource',
  input: structure({ SessionToken: sessionToken, TrackNumber: trackNumber }),
  handle(context, { SessionToken, TrackNumber = 1 }) {
    const session = sessionOf(context, SessionToken, 'DASH');
    const body = initOf(session.opening.fragment.header, TrackNumber);
    if (body === undefined) throw noSuchTrack(TrackNumber);
    return { contentType: MP4_TYPE, body };
  },
});
