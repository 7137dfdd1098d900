import { describe, expect, it } from 'vitest';
import {
  entryLines,
  type MediaEntry,
  type MediaPlaylist,
  masterPlaylist,
  mediaPlaylist,
} from '../../src/packaging/hls.ts';

const video = {
  number: 1,
  kind: 'video',
  codecString: 'avc1.4d4032',
  width: 2592,
  height: 1944,
  framesPerSecond: 15.0151,
} as const;
const audio = { number: 2, kind: 'audio', codecString: 'mp4a.40.2', framesPerSecond: 46.875 } as const;

describe('a master playlist', () => {
  it('of video alone is that which the service sent in 2023', () => {
    const master = { token: 'CiC7uozgpDA~', tracks: [video], muxed: false, bitsPerSecond: 329_640 };
    expect(masterPlaylist(master)).toBe(
      `#EXTM3U
#EXT-X-VERSION:1
#EXT-X-STREAM-INF:CODECS="avc1.4d4032",RESOLUTION=2592x1944,FRAME-RATE=15.02,BANDWIDTH=329640
getHLSMediaPlaylist.m3u8?SessionToken=CiC7uozgpDA~&TrackNumber=1
`,
    );
  });

  it('of video and audio is that which the service sent in 2023', () => {
    const tracks = [{ ...video, codecString: 'avc1.42c032', framesPerSecond: 15.0061 }, audio];
    expect(masterPlaylist({ token: 'CiA2YcI~', tracks, muxed: false, bitsPerSecond: 2_583_047 })).toBe(
      `#EXTM3U
#EXT-X-VERSION:1
#EXT-X-MEDIA:AUTOSELECT=YES,FORCED=NO,TYPE=AUDIO,URI="getHLSMediaPlaylist.m3u8?SessionToken=CiA2YcI~&TrackNumber=2",GROUP-ID="audio",DEFAULT=NO,NAME="audio"
#EXT-X-STREAM-INF:CODECS="avc1.42c032,mp4a.40.2",RESOLUTION=2592x1944,FRAME-RATE=15.01,BANDWIDTH=2583047,AUDIO="audio"
getHLSMediaPlaylist.m3u8?SessionToken=CiA2YcI~&TrackNumber=1
`,
    );
  });

  it('writes a whole frame rate as Java does', () => {
    const text = masterPlaylist({
      token: 't',
      tracks: [{ ...video, framesPerSecond: 30 }],
      muxed: false,
      bitsPerSecond: 1,
    });
    expect(text).toContain(',FRAME-RATE=30.0,');
  });

  it('of MPEG-TS has one list for both tracks', () => {
    expect(masterPlaylist({ token: 't', tracks: [video, audio], muxed: true, bitsPerSecond: 1 })).toBe(
      `#EXTM3U
#EXT-X-VERSION:1
#EXT-X-STREAM-INF:CODECS="avc1.4d4032,mp4a.40.2",RESOLUTION=2592x1944,FRAME-RATE=15.02,BANDWIDTH=1
getHLSMediaPlaylist.m3u8?SessionToken=t&TrackNumber=1
`,
    );
  });

  it('of audio alone says nothing of pictures', () => {
    const tracks = [{ ...audio, number: 1 }];
    expect(masterPlaylist({ token: 't', tracks, muxed: false, bitsPerSecond: 7 })).toBe(
      `#EXTM3U
#EXT-X-VERSION:1
#EXT-X-STREAM-INF:CODECS="mp4a.40.2",BANDWIDTH=7
getHLSMediaPlaylist.m3u8?SessionToken=t&TrackNumber=1
`,
    );
  });
});

const playlist = (entries: MediaEntry[], rest: Partial<MediaPlaylist> = {}): string => {
  const owner = { token: 'CiBFI2Q~', track: 1, container: 'FRAGMENTED_MP4', ...rest } as const;
  const bytes = mediaPlaylist({
    vod: false,
    ended: false,
    targetDuration: 2,
    mediaSequence: 0,
    entries: entries.map((entry) => entryLines(owner, entry)),
    ...owner,
  });
  return new TextDecoder().decode(bytes);
};

describe('a media playlist', () => {
  it('of a recording is that which the service sent in 2022, with the init segment named as since 2023', () => {
    const number = '91343852333185057105875891022195998207386831087';
    const entries = [
      { number, durationMs: 1857, discontinuity: false, map: 0, date: '2022-01-28T07:00:35.931Z' },
      { number: `${number.slice(0, -1)}8`, durationMs: 1857, discontinuity: false, date: '2022-01-28T07:00:37.787Z' },
    ];
    expect(playlist(entries, { vod: true, ended: true, mediaSequence: 1 })).toBe(
      `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:1
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="getMP4InitFragment.mp4?SessionToken=CiBFI2Q~&TrackNumber=1&SequenceNumber=0"
#EXT-X-PROGRAM-DATE-TIME:2022-01-28T07:00:35.931Z
#EXTINF:1.857,
getMP4MediaFragment.mp4?FragmentNumber=91343852333185057105875891022195998207386831087&SessionToken=CiBFI2Q~&TrackNumber=1
#EXT-X-PROGRAM-DATE-TIME:2022-01-28T07:00:37.787Z
#EXTINF:1.857,
getMP4MediaFragment.mp4?FragmentNumber=91343852333185057105875891022195998207386831088&SessionToken=CiBFI2Q~&TrackNumber=1
#EXT-X-ENDLIST
`,
    );
  });

  it('that is live has a discontinuity before each entry, its map behind that, and no end', () => {
    const entries = [
      { number: '1', durationMs: 1875, discontinuity: true, map: 0, date: '2025-04-08T14:20:25.166Z' },
      { number: '2', durationMs: 1730, discontinuity: true, date: '2025-04-08T14:20:27.155Z' },
    ];
    expect(playlist(entries)).toBe(
      `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="getMP4InitFragment.mp4?SessionToken=CiBFI2Q~&TrackNumber=1&SequenceNumber=0"
#EXT-X-PROGRAM-DATE-TIME:2025-04-08T14:20:25.166Z
#EXTINF:1.875,
getMP4MediaFragment.mp4?FragmentNumber=1&SessionToken=CiBFI2Q~&TrackNumber=1
#EXT-X-DISCONTINUITY
#EXT-X-PROGRAM-DATE-TIME:2025-04-08T14:20:27.155Z
#EXTINF:1.73,
getMP4MediaFragment.mp4?FragmentNumber=2&SessionToken=CiBFI2Q~&TrackNumber=1
`,
    );
  });

  it.each([
    [1010, '1.01'],
    [998, '0.998'],
    [2000, '2.0'],
    [2680, '2.68'],
    [60, '0.06'],
  ])('writes %i ms as %s', (durationMs, text) => {
    expect(playlist([{ number: '1', durationMs, discontinuity: false }])).toContain(`\n#EXTINF:${text},\n`);
  });

  it.each([
    ['2021-11-16T14:59:41.000Z', '2021-11-16T14:59:41Z'],
    ['2021-11-16T14:59:41.100Z', '2021-11-16T14:59:41.100Z'],
    ['2021-11-16T14:59:00.001Z', '2021-11-16T14:59:00.001Z'],
  ])('shows %s as Java prints an Instant: %s', (date, shown) => {
    const text = playlist([{ number: '1', durationMs: 1, discontinuity: false, date }]);
    expect(text).toContain(`\n#EXT-X-PROGRAM-DATE-TIME:${shown}\n`);
  });

  it('of MPEG-TS has version 3, no map and no track', () => {
    const entries = [{ number: '1', durationMs: 2000, discontinuity: false, map: 0 }];
    expect(playlist(entries, { container: 'MPEG_TS' })).toBe(
      `#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXTINF:2.0,
getTSFragment.ts?FragmentNumber=1&SessionToken=CiBFI2Q~
`,
    );
  });
});
