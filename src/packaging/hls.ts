// HLS playlists, to the character of those the service sends.

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
    attributes.push(`RESOLUTION=${main.width}x${main.height}`, `FRAME-RATE=${decimal(main.framesPerSecond, 100)}`);
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

export interface MediaPlaylist {
  readonly token: string;
  readonly track: number;
  readonly container: 'FRAGMENTED_MP4' | 'MPEG_TS';
  readonly vod: boolean;
  readonly ended: boolean;
  /** Whole seconds. */
  readonly targetDuration: number;
  readonly mediaSequence: number;
  readonly entries: readonly MediaEntry[];
}

export function mediaPlaylist(playlist: MediaPlaylist): string {
  const { token, track, container } = playlist;
  const mp4 = container === 'FRAGMENTED_MP4';
  let text = `#EXTM3U\n#EXT-X-VERSION:${mp4 ? 7 : 3}\n`;
  if (playlist.vod) text += '#EXT-X-PLAYLIST-TYPE:VOD\n';
  text += `#EXT-X-TARGETDURATION:${playlist.targetDuration}\n#EXT-X-MEDIA-SEQUENCE:${playlist.mediaSequence}\n`;
  text += '#EXT-X-INDEPENDENT-SEGMENTS\n';
  const suffix = mp4 ? `&SessionToken=${token}&TrackNumber=${track}\n` : `&SessionToken=${token}\n`;
  const segment = mp4 ? 'getMP4MediaFragment.mp4?FragmentNumber=' : 'getTSFragment.ts?FragmentNumber=';
  for (const { number, durationMs, discontinuity, map, date } of playlist.entries) {
    if (discontinuity) text += '#EXT-X-DISCONTINUITY\n';
    if (mp4 && map !== undefined) {
      const query = `SessionToken=${token}&TrackNumber=${track}&SequenceNumber=${map}`;
      text += `#EXT-X-MAP:URI="getMP4InitFragment.mp4?${query}"\n`;
    }
    if (date !== undefined) text += `#EXT-X-PROGRAM-DATE-TIME:${date}\n`;
    text += `#EXTINF:${decimal(durationMs / 1000, 1000)},\n${segment}${number}${suffix}`;
  }
  return playlist.ended ? `${text}#EXT-X-ENDLIST\n` : text;
}

/** As Java prints a double that was rounded to `1/steps`: `1.73`, `2.0`. */
function decimal(value: number, steps: number): string {
  const text = String(Math.round(value * steps) / steps);
  return text.includes('.') ? text : `${text}.0`;
}
