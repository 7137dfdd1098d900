import type { Entry } from '../../domain/sessions/session.ts';
import type { SessionSettings } from '../../domain/sessions/settings.ts';
import { type MediaEntry, mediaPlaylist } from '../../packaging/hls.ts';
import { structure } from '../../protocol/shapes.ts';
import { resourceOperation } from '../operation.ts';
import { noSuchTrack, PLAYLIST_TYPE, sessionOf, sessionToken, trackNumber } from './resources.ts';

/** Gaps and overlaps up to this are none. */
const TOLERANCE_MS = 50;

/** The fragments of one track that can be played now. */
export const getHLSMediaPlaylist = resourceOperation({
  name: 'GetHLSMediaPlaylist',
  plane: 'archived',
  path: '/hls/v1/getHLSMediaPlaylist.m3u8',
  kind: 'resource',
  input: structure({ SessionToken: sessionToken, TrackNumber: trackNumber }),
  async handle(context, { SessionToken, TrackNumber }) {
    const session = sessionOf(context, SessionToken, 'HLS');
    const { settings, token } = session;
    const track = TrackNumber ?? session.opening.media.tracks[0]?.number ?? 1;
    const { entries, complete, longestMs } = await session.list(context.now);
    const muxed = settings.container === 'MPEG_TS';
    // A segment of MPEG-TS carries all tracks, so one list is that of all.
    const listed = muxed ? entries : entries.filter(({ tracks }) => tracks.has(track));
    const [first] = listed;
    if (first === undefined) throw noSuchTrack(track);
    const body = mediaPlaylist({
      token,
      track,
      container: settings.container,
      vod: settings.mode === 'ON_DEMAND',
      ended: complete,
      targetDuration: Math.max(1, Math.ceil(longestMs / 1000)),
      mediaSequence: muxed ? first.sequence : (first.tracks.get(track)?.ordinal ?? first.sequence),
      entries: mediaEntries(listed, track, settings),
    });
    return { contentType: PLAYLIST_TYPE, body };
  },
});

function mediaEntries(listed: readonly Entry[], track: number, settings: SessionSettings): MediaEntry[] {
  const { discontinuity, showTimestamps, container } = settings;
  let before: Entry | undefined;
  return listed.map((entry) => {
    const config = entry.tracks.get(track)?.configuredAt;
    const sameConfig = before?.tracks.get(track)?.configuredAt === config;
    const breaks = before !== undefined && (!sameConfig || isGap(entry, before));
    before = entry;
    return {
      number: entry.number,
      durationMs: entry.durationMs,
      discontinuity: discontinuity === 'ALWAYS' || (discontinuity === 'ON_DISCONTINUITY' && breaks),
      map: sameConfig || container === 'MPEG_TS' ? undefined : config,
      date: showTimestamps ? entry.date : undefined,
    };
  });
}

const isGap = (entry: Entry, before: Entry): boolean =>
  entry.sequence !== before.sequence + 1 || Math.abs(entry.gapMs) > TOLERANCE_MS;
