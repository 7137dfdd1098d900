// HLS playlists, to the character of those the service sends.
import { concatenate } from '../media/bytes/concatenate.ts';

/** What the master playlist says of a track. */
export interface MasterTrack {
  readonly number: number;
  readonly kind: 'video' | 'audio';
  readonly codecString: string;
  readonly width?: number;
  readonly height?: number;
  readonly framesPerSecond: number;
}

export interface MasterPlaylist {
  readonly token: string;
  readonly tracks: readonly MasterTrack[];
  /** True if each segment carries all tracks, as MPEG-TS does. */
  readonly muxed: boolean;
  readonly bitsPerSecond: number;
}

const mediaUrl = (token: string, track: number): string =>
  `getHLSMediaPlaylist.m3u8?SessionToken=${token}&TrackNumber=${track}`;

export function masterPlaylist({ token, tracks, muxed, bitsPerSecond }: MasterPlaylist): string {
  const [main] = tracks;
  const beside = muxed ? undefined : tracks.find(({ kind, number }) => kind === 'audio' && number !== main?.number);
  const lines = ['#EXTM3U', '#EXT-X-VERSION:1'];
  if (beside !== undefined) {
    const uri = mediaUrl(token, beside.number);
    lines.push(
      `#EXT-X-MEDIA:AUTOSELECT=YES,FORCED=NO,TYPE=AUDIO,URI="${uri}",GROUP-ID="audio",DEFAULT=NO,NAME="audio"`,
    );
  }
  const attributes = [`CODECS="${tracks.map(({ codecString }) => codecString).join(',')}"`];
  if (main?.kind === 'video') {
    if (main.width !== undefined) attributes.push(`RESOLUTION=${main.width}x${main.height}`);
    attributes.push(`FRAME-RATE=${decimal(main.framesPerSecond, 100)}`);
  }
  attributes.push(`BANDWIDTH=${bitsPerSecond}`);
  if (beside !== undefined) attributes.push('AUDIO="audio"');
  lines.push(`#EXT-X-STREAM-INF:${attributes.join(',')}`, mediaUrl(token, main?.number ?? 1), '');
  return lines.join('\n');
}

export interface MediaEntry {
  readonly number: string;
  readonly durationMs: number;
  readonly discontinuity: boolean;
  /** Sequence number of the init segment to load from here on; absent if it is the one before. */
  readonly map?: number | undefined;
  /** ISO 8601, if it is to be shown. */
  readonly date?: string | undefined;
}

/** Whose playlist it is: the same in every list of a session's track. */
export interface PlaylistOwner {
  readonly token: string;
  readonly track: number;
  readonly container: 'FRAGMENTED_MP4' | 'MPEG_TS';
}

export interface MediaPlaylist extends Pick<PlaylistOwner, 'container'> {
  readonly vod: boolean;
  readonly ended: boolean;
  /** Whole seconds. */
  readonly targetDuration: number;
  readonly mediaSequence: number;
  /** As `entryLines` wrote them. */
  readonly entries: readonly Uint8Array[];
}

const utf8 = new TextEncoder();

export function mediaPlaylist({ container, vod, ended, targetDuration, mediaSequence, entries }: MediaPlaylist) {
  let head = `#EXTM3U\n#EXT-X-VERSION:${container === 'FRAGMENTED_MP4' ? 7 : 3}\n`;
  if (vod) head += '#EXT-X-PLAYLIST-TYPE:VOD\n';
  head += `#EXT-X-TARGETDURATION:${targetDuration}\n#EXT-X-MEDIA-SEQUENCE:${mediaSequence}\n`;
  head += '#EXT-X-INDEPENDENT-SEGMENTS\n';
  return concatenate([utf8.encode(head), ...entries, utf8.encode(ended ? '#EXT-X-ENDLIST\n' : '')]);
}

/** An entry's lines, as bytes: a list has up to 5000 of them and is asked for again and again. */
export function entryLines({ token, track, container }: PlaylistOwner, entry: MediaEntry): Uint8Array {
  const mp4 = container === 'FRAGMENTED_MP4';
  let text = entry.discontinuity ? '#EXT-X-DISCONTINUITY\n' : '';
  if (mp4 && entry.map !== undefined) {
    const query = `SessionToken=${token}&TrackNumber=${track}&SequenceNumber=${entry.map}`;
    text += `#EXT-X-MAP:URI="getMP4InitFragment.mp4?${query}"\n`;
  }
  if (entry.date !== undefined) text += `#EXT-X-PROGRAM-DATE-TIME:${instant(entry.date)}\n`;
  const resource = mp4 ? 'getMP4MediaFragment.mp4' : 'getTSFragment.ts';
  const query = `FragmentNumber=${entry.number}&SessionToken=${token}${mp4 ? `&TrackNumber=${track}` : ''}`;
  return utf8.encode(`${text}#EXTINF:${decimal(entry.durationMs / 1000, 1000)},\n${resource}?${query}\n`);
}

/** As Java prints an Instant: a whole second has no fraction. */
const instant = (date: string): string => date.replace('.000Z', 'Z');

/** As Java prints a double that was rounded to `1/steps`: `1.73`, `2.0`. */
function decimal(value: number, steps: number): string {
  const text = String(Math.round(value * steps) / steps);
  return text.includes('.') ? text : `${text}.0`;
}
