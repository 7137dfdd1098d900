import { sequenceIn } from '../../domain/fragments/fragmentNumbers.ts';
import { mp4Segment } from '../../packaging/segments.ts';
import { serviceError } from '../../protocol/errors.ts';
import { required, structure } from '../../protocol/shapes.ts';
import { resourceOperation } from '../operation.ts';
import {
  fragmentNumber,
  MP4_TYPE,
  noSuchFragment,
  noSuchTrack,
  segmentOf,
  sessionToken,
  trackNumber,
} from './resources.ts';

const input = structure({
  SessionToken: sessionToken,
  TrackNumber: trackNumber,
  FragmentNumber: required(fragmentNumber),
});

/** One track of a fragment that the session has listed, at the time of its producer or of the service. */
export const getHLSMediaFragment = resourceOperation({
  name: 'GetMP4MediaFragment',
  plane: 'archived',
  path: '/hls/v1/getMP4MediaFragment.mp4',
  actsOn: 'hlsSession',
  kind: 'resource',
  input,
  async handle(context, { TrackNumber = 1, FragmentNumber }, session) {
    const entry = session.entry(FragmentNumber);
    if (entry === undefined) throw noSuchFragment();
    if (!entry.tracks.has(TrackNumber)) throw noSuchTrack(TrackNumber);
    const { startMs, delayMs } = entry;
    const own = entry.media.tracks.find(({ number }) => number === TrackNumber);
    const loneMs = own?.frames === 1 ? (own.duration * 1000) / own.timescale : undefined;
    const what = `mp4 ${TrackNumber} ${startMs} ${delayMs} ${loneMs}`;
    const body = await segmentOf(context, session, entry, what, (header, pieces) =>
      mp4Segment(header, pieces, TrackNumber, sequenceIn(entry.number), { startMs, delayMs, loneMs }),
    );
    return { contentType: MP4_TYPE, body };
  },
});

const OTHER_PRIVATE_DATA =
  'The requested fragment does not have the same codec private data as the rest of the session.';

/** The same by its place in a DASH session, from 1, on a timeline without gaps. */
export const getDASHMediaFragment = resourceOperation({
  name: 'GetMP4MediaFragment',
  plane: 'archived',
  path: '/dash/v1/getMP4MediaFragment.mp4',
  actsOn: 'dashSession',
  kind: 'resource',
  input,
  async handle(context, { TrackNumber = 1, FragmentNumber }, session) {
    const sequenceNumber = Number(FragmentNumber);
    const entry = session.entryAt(sequenceNumber - 1);
    if (entry?.placement === undefined) throw noSuchFragment();
    const span = entry.placement.spans.get(TrackNumber);
    if (span === undefined) throw noSuchTrack(TrackNumber);
    const first = session.opening.media.tracks.find(({ number }) => number === TrackNumber);
    const own = entry.media.tracks.find(({ number }) => number === TrackNumber);
    if (own?.configuration !== first?.configuration) {
      throw serviceError('invalidCodecPrivateData', OTHER_PRIVATE_DATA);
    }
    const { startMs, delayMs } = entry.placement;
    const what = `dash ${TrackNumber} ${sequenceNumber} ${startMs} ${delayMs} ${span.from} ${span.duration}`;
    const body = await segmentOf(context, session, entry, what, (header, pieces) =>
      mp4Segment(header, pieces, TrackNumber, sequenceNumber, { startMs, delayMs, span }),
    );
    return { contentType: MP4_TYPE, body };
  },
});
