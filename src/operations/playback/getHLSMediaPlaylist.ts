import type { Entry, EntryTrack } from '../../domain/sessions/session.ts';
import type { SessionSettings } from '../../domain/sessions/settings.ts';
import { entryLines, type MediaEntry, mediaPlaylist, type PlaylistOwner } from '../../packaging/hls.ts';
import { structure } from '../../protocol/shapes.ts';
import { sliceOver, turn } from '../../runtime/slices.ts';
import { resourceOperation } from '../operation.ts';
import { noSuchTrack, PLAYLIST_TYPE, sessionToken, trackNumber } from './resources.ts';

/** Gaps and overlaps up to this are none. */
const TOLERANCE_MS = 50;

/** The fragments of one track that can be played now. */
export const getHLSMediaPlaylist = resourceOperation({
  name: 'GetHLSMediaPlaylist',
  plane: 'archived',
  path: '/hls/v1/getHLSMediaPlaylist.m3u8',
  actsOn: 'hlsSession',
  kind: 'resource',
  input: structure({ SessionToken: sessionToken, TrackNumber: trackNumber }),
  async handle(context, { TrackNumber }, session) {
    const { settings, token, stream } = session;
    context.spend(stream, { metadata: settings.max });
    const track = TrackNumber ?? session.opening.media.tracks[0]?.number ?? 1;
    const { entries, complete, longestMs } = await session.list(context.now);
    const muxed = settings.container === 'MPEG_TS';
    // A segment of MPEG-TS carries all tracks, so one list is that of all.
    const listed = muxed ? entries : entries.filter(({ tracks }) => tracks.has(track));
    const [first] = listed;
    if (first === undefined) throw noSuchTrack(track);
    session.stream.counts.metadataRead += listed.length;
    const lines: Uint8Array[] = [];
    const owner = { token, track, container: settings.container };
    for (const [at, entry] of listed.entries()) {
      lines.push(linesOf(owner, settings, entry, listed[at - 1]));
      if (sliceOver()) await turn();
    }
    const body = mediaPlaylist({
      container: settings.container,
      vod: settings.mode === 'ON_DEMAND',
      ended: complete,
      targetDuration: Math.max(1, Math.ceil(longestMs / 1000)),
      mediaSequence: muxed ? first.sequence : (first.tracks.get(track)?.ordinal ?? first.sequence),
      entries: lines,
    });
    return { contentType: PLAYLIST_TYPE, body };
  },
});

/** Of entries behind the first of a list: what stands in front of them never changes, so neither do their lines. */
const written = new WeakMap<EntryTrack, Uint8Array>();

function linesOf(owner: PlaylistOwner, settings: SessionSettings, entry: Entry, before: Entry | undefined): Uint8Array {
  const key = before === undefined ? undefined : entry.tracks.get(owner.track);
  const known = key && written.get(key);
  if (known !== undefined) return known;
  const lines = entryLines(owner, mediaEntry(settings, owner.track, entry, before));
  if (key !== undefined) written.set(key, lines);
  return lines;
}

function mediaEntry(
  { discontinuity, showTimestamps, container }: SessionSettings,
  track: number,
  entry: Entry,
  before: Entry | undefined,
): MediaEntry {
  const config = entry.tracks.get(track)?.configuredAt;
  const sameConfig = before?.tracks.get(track)?.configuredAt === config;
  const breaks = before !== undefined && (!sameConfig || isGap(entry, before));
  return {
    number: entry.number,
    durationMs: entry.durationMs,
    discontinuity: discontinuity === 'ALWAYS' || (discontinuity === 'ON_DISCONTINUITY' && breaks),
    map: sameConfig || container === 'MPEG_TS' ? undefined : config,
    date: showTimestamps ? entry.date : undefined,
  };
}

const isGap = (entry: Entry, before: Entry): boolean =>
  entry.sequence !== before.sequence + 1 || Math.abs(entry.gapMs) > TOLERANCE_MS;
