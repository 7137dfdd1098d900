import { describe, expect, it } from 'vitest';
import { concat } from '../../support/mkv.ts';
import { producerStream } from '../../support/producer.ts';
import {
  beside,
  bytesOf,
  type Camera,
  fragmentOf,
  mask,
  openHls,
  playlistOf,
  range,
  START,
  startCamera,
  textOf,
} from './harness.ts';

const server = (from: number, to?: number) => ({
  HLSFragmentSelector: { FragmentSelectorType: 'SERVER_TIMESTAMP', TimestampRange: range(from, to) },
});
const producer = (from: number, to?: number) => ({
  HLSFragmentSelector: { FragmentSelectorType: 'PRODUCER_TIMESTAMP', TimestampRange: range(from, to) },
});
const EXPIRED = { code: 'NotAuthorizedException', status: 403, message: 'Streaming session token is expired' };
const GONE = { code: 'ResourceNotFoundException', status: 404 };

describe('an HLS session', () => {
  it('begins with a master playlist of both tracks', async () => {
    const camera = await startCamera();
    await camera.record(1);
    const url = await openHls(camera);
    expect(mask(await textOf(camera, url))).toBe(
      `#EXTM3U
#EXT-X-VERSION:1
#EXT-X-MEDIA:AUTOSELECT=YES,FORCED=NO,TYPE=AUDIO,URI="getHLSMediaPlaylist.m3u8?SessionToken=T&TrackNumber=2",GROUP-ID="audio",DEFAULT=NO,NAME="audio"
#EXT-X-STREAM-INF:CODECS="avc1.42c01e,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=25.0,BANDWIDTH=10736,AUDIO="audio"
getHLSMediaPlaylist.m3u8?SessionToken=T&TrackNumber=1
`,
    );
  });

  it('LIVE by server time breaks before every fragment and shows the times when asked to', async () => {
    const camera = await startCamera();
    await camera.record(2);
    const url = await openHls(camera, { DisplayFragmentTimestamp: 'ALWAYS' });
    const { text, segments } = await playlistOf(camera, url);
    const numbers = segments.map((segment) => new URL(segment).searchParams.get('FragmentNumber'));
    expect(mask(text)).toBe(
      `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="getMP4InitFragment.mp4?SessionToken=T&TrackNumber=1&SequenceNumber=0"
#EXT-X-PROGRAM-DATE-TIME:2026-11-22T12:00:00Z
#EXTINF:2.0,
getMP4MediaFragment.mp4?FragmentNumber=${numbers[0]}&SessionToken=T&TrackNumber=1
#EXT-X-DISCONTINUITY
#EXT-X-PROGRAM-DATE-TIME:2026-11-22T12:00:02Z
#EXTINF:2.0,
getMP4MediaFragment.mp4?FragmentNumber=${numbers[1]}&SessionToken=T&TrackNumber=1
`,
    );
  });

  it('of a recording lists the range once and for all, by producer time without breaks', async () => {
    const camera = await startCamera();
    await camera.record(6);
    const url = await openHls(camera, { PlaybackMode: 'ON_DEMAND', ...producer(2000, 6001) });
    const first = await playlistOf(camera, url);
    expect(first).toMatchObject({ fragments: [1, 2, 3], sequence: 0, ended: true, breaks: 0 });
    expect(first.text).toContain('#EXT-X-PLAYLIST-TYPE:VOD\n');
    expect(first.text).not.toContain('PROGRAM-DATE-TIME');
    await camera.record(2);
    expect((await playlistOf(camera, url)).text).toBe(first.text);
  });

  it('takes fragments that begin at either end of the range, and none that runs into it', async () => {
    const camera = await startCamera();
    await camera.record(6);
    for (const selector of [server, producer]) {
      const open = (from: number, to: number) => openHls(camera, { PlaybackMode: 'ON_DEMAND', ...selector(from, to) });
      expect((await playlistOf(camera, await open(2000, 6000))).fragments).toEqual([1, 2, 3]);
      expect((await playlistOf(camera, await open(2001, 5999))).fragments).toEqual([2]);
    }
  });

  it('of a recording lists the oldest up to the maximum; the defaults are 5 live and 1000 recorded', async () => {
    const camera = await startCamera();
    await camera.record(8);
    const some = await openHls(camera, {
      PlaybackMode: 'ON_DEMAND',
      MaxMediaPlaylistFragmentResults: 3,
      ...server(0, 1e6),
    });
    expect((await playlistOf(camera, some)).fragments).toEqual([0, 1, 2]);
    const all = await openHls(camera, { PlaybackMode: 'ON_DEMAND', ...server(0, 1e6) });
    expect((await playlistOf(camera, all)).fragments.length).toBe(8);
    expect((await playlistOf(camera, await openHls(camera))).fragments).toEqual([3, 4, 5, 6, 7]);
  });
});

describe('a LIVE session', () => {
  it('moves on with what comes, counting what it has let go since its own beginning', async () => {
    const camera = await startCamera();
    await camera.record(7);
    const url = await openHls(camera, { MaxMediaPlaylistFragmentResults: 3 });
    expect(await playlistOf(camera, url)).toMatchObject({ fragments: [4, 5, 6], sequence: 0, ended: false });
    await camera.record(1);
    expect(await playlistOf(camera, url)).toMatchObject({ fragments: [5, 6, 7], sequence: 1 });
    await camera.record(2);
    expect(await playlistOf(camera, url)).toMatchObject({ fragments: [7, 8, 9], sequence: 3 });
  });

  it('goes on for minutes over a restart of the producer: each fragment once, always under the same number', async () => {
    const camera = await startCamera();
    await camera.record(1);
    const url = await openHls(camera);
    const seen = new Map<number, number>();
    for (let n = 0; n < 60; n++) {
      if (n === 30) await camera.pause(4);
      await camera.record(1);
      const { sequence, fragments, segments } = await playlistOf(camera, url);
      for (const [at, fragment] of fragments.entries()) {
        expect(seen.get(sequence + at) ?? fragment).toBe(fragment);
        seen.set(sequence + at, fragment);
      }
      await bytesOf(camera, segments.at(-1) as string);
    }
    const numbers = [...seen.keys()].sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 61 }, (_, n) => n));
    expect(numbers.map((number) => seen.get(number))).toEqual(numbers.map((n) => (n <= 30 ? n : n + 4)));
  });

  it('names its init segment in front of whichever fragment is its first, and says nothing else anew', async () => {
    const camera = await startCamera();
    await camera.record(2);
    const options = { MaxMediaPlaylistFragmentResults: 2, DiscontinuityMode: 'ON_DISCONTINUITY' };
    const url = await openHls(camera, {
      ...options,
      HLSFragmentSelector: { FragmentSelectorType: 'PRODUCER_TIMESTAMP' },
    });
    const linesOf = async () =>
      mask((await playlistOf(camera, url)).text)
        .split('#EXT-X-INDEPENDENT-SEGMENTS\n')[1]
        ?.replaceAll(/FragmentNumber=(\d+)/g, (_, number) => `FragmentNumber=${fragmentOf(number)}`);
    const map = '#EXT-X-MAP:URI="getMP4InitFragment.mp4?SessionToken=T&TrackNumber=1&SequenceNumber=0"\n';
    const entry = (at: number) =>
      `#EXTINF:2.0,\ngetMP4MediaFragment.mp4?FragmentNumber=${at}&SessionToken=T&TrackNumber=1\n`;
    expect(await linesOf()).toBe(map + entry(0) + entry(1));
    await camera.record(1);
    expect(await linesOf()).toBe(map + entry(1) + entry(2));
    await camera.record(1);
    expect(await linesOf()).toBe(map + entry(2) + entry(3));
  });

  it('is the same to everyone who asks at the same time, and counts on its own for each session', async () => {
    const camera = await startCamera();
    await camera.record(6);
    const early = await openHls(camera);
    await playlistOf(camera, early);
    await camera.record(3);
    const late = await openHls(camera);
    const texts = await Promise.all([1, 2, 3].map(async () => (await playlistOf(camera, early)).text));
    expect(new Set(texts).size).toBe(1);
    expect(await playlistOf(camera, early)).toMatchObject({ sequence: 3, fragments: [4, 5, 6, 7, 8] });
    expect(await playlistOf(camera, late)).toMatchObject({ sequence: 0, fragments: [4, 5, 6, 7, 8] });
  });

  it('lists what has been persisted and nothing that is still coming', async () => {
    const camera = await startCamera();
    await camera.record(2);
    const url = await openHls(camera);
    const { header, fragments } = producerStream({
      fragments: 1,
      timecode: START + 4000,
      audio: true,
    });
    const other = await camera.openPut({ FragmentTimecodeType: 'ABSOLUTE' });
    await other.send(header, (fragments[0] as { cluster: Uint8Array }).cluster);
    expect((await playlistOf(camera, url)).fragments).toEqual([0, 1]);
    await other.end();
    expect((await playlistOf(camera, url)).fragments).toEqual([0, 1, 2]);
  });

  it('keeps serving what has left the list, for players that are late', async () => {
    const camera = await startCamera();
    await camera.record(3);
    const url = await openHls(camera, { MaxMediaPlaylistFragmentResults: 2 });
    const { segments } = await playlistOf(camera, url);
    await camera.record(5);
    const { segments: later } = await playlistOf(camera, url);
    expect(later).not.toContain(segments[0]);
    expect((await bytesOf(camera, segments[0] as string)).length).toBeGreaterThan(500);
  });

  it('keeps its last list for half a minute without a producer, then there is nothing, then it goes on', async () => {
    const camera = await startCamera();
    await camera.record(3);
    const url = await openHls(camera);
    await camera.pause(14);
    expect((await playlistOf(camera, url)).fragments).toEqual([0, 1, 2]);
    await camera.pause(1);
    await expect(playlistOf(camera, url)).rejects.toMatchObject({
      ...GONE,
      message: 'No fragments found in the stream for the streaming request.',
    });
    await camera.record(1);
    expect((await playlistOf(camera, url)).fragments).toEqual([0, 1, 2, 18]);
  });

  it('by producer time lists one fragment of each start: of those that come together the last, later ones not', async () => {
    const camera = await startCamera();
    const { header, fragments } = producerStream({ fragments: 3, timecode: START, audio: true });
    const [a, b, c] = fragments.map(({ cluster }) => cluster) as [Uint8Array, Uint8Array, Uint8Array];
    const put = (...clusters: Uint8Array[]) =>
      camera.put(concat(header, ...clusters), { FragmentTimecodeType: 'ABSOLUTE' });
    await put(a);
    await camera.clock.advance(2000);
    await put(a, b);
    const type = { HLSFragmentSelector: { FragmentSelectorType: 'PRODUCER_TIMESTAMP' } };
    const url = await openHls(camera, type);
    expect((await playlistOf(camera, url)).fragments).toEqual([1, 1]);
    await camera.clock.advance(2000);
    await put(b, c);
    expect((await playlistOf(camera, url)).fragments).toEqual([1, 1, 2]);
    expect((await playlistOf(camera, await openHls(camera))).fragments).toEqual([0, 1, 1, 2, 2]);
  });

  it('shows a gap only where one is, if asked for breaks on discontinuity', async () => {
    const camera = await startCamera();
    await camera.record(2);
    await camera.pause(1);
    await camera.record(2);
    const breaks = async (mode: string) =>
      (await playlistOf(camera, await openHls(camera, { DiscontinuityMode: mode }))).breaks;
    expect([await breaks('ALWAYS'), await breaks('ON_DISCONTINUITY'), await breaks('NEVER')]).toEqual([4, 1, 0]);
    const url = await openHls(camera, { DiscontinuityMode: 'ON_DISCONTINUITY' });
    const { text } = await playlistOf(camera, url);
    expect(text.split('#EXT-X-DISCONTINUITY\n')[0]?.split('#EXTINF').length).toBe(3);
  });
});

describe('a LIVE_REPLAY session', () => {
  const open = (camera: Camera, rest: object = {}) =>
    openHls(camera, { PlaybackMode: 'LIVE_REPLAY', MaxMediaPlaylistFragmentResults: 3, ...server(0), ...rest });

  it('lists the first at once and then one more as each lasts, whatever has long been there', async () => {
    const camera = await startCamera();
    await camera.record(20);
    const url = await open(camera);
    expect(await playlistOf(camera, url)).toMatchObject({ fragments: [0, 1, 2], sequence: 0, ended: false });
    await camera.clock.advance(1999);
    expect((await playlistOf(camera, url)).fragments).toEqual([0, 1, 2]);
    await camera.clock.advance(1);
    expect(await playlistOf(camera, url)).toMatchObject({ fragments: [1, 2, 3], sequence: 1 });
    await camera.clock.advance(6500);
    expect(await playlistOf(camera, url)).toMatchObject({ fragments: [4, 5, 6], sequence: 4 });
  });

  it('goes on with live media when it has caught up', async () => {
    const camera = await startCamera();
    await camera.record(3);
    const url = await open(camera);
    expect((await playlistOf(camera, url)).fragments).toEqual([0, 1, 2]);
    await camera.record(2);
    expect((await playlistOf(camera, url)).fragments).toEqual([2, 3, 4]);
    await camera.pause(3);
    expect((await playlistOf(camera, url)).fragments).toEqual([2, 3, 4]);
    await camera.record(1);
    expect((await playlistOf(camera, url)).fragments).toEqual([3, 4, 8]);
  });

  it('is not over while a fragment of its range is still coming', async () => {
    const camera = await startCamera();
    await camera.record(3);
    const url = await open(camera, server(0, 7000));
    await camera.begin();
    await camera.clock.advance(1500);
    expect(await playlistOf(camera, url)).toMatchObject({ fragments: [0, 1, 2], ended: false });
    await camera.finish();
    expect(await playlistOf(camera, url)).toMatchObject({ fragments: [1, 2, 3], ended: true });
  });

  it('says that it is over once its end has passed and the last fragment is listed', async () => {
    const camera = await startCamera();
    await camera.record(10);
    const url = await open(camera, server(0, 8000));
    expect((await playlistOf(camera, url)).ended).toBe(false);
    await camera.clock.advance(2000);
    expect(await playlistOf(camera, url)).toMatchObject({ fragments: [1, 2, 3], ended: false });
    await camera.clock.advance(2000);
    expect(await playlistOf(camera, url)).toMatchObject({ fragments: [2, 3, 4], ended: true });
  });
});

describe('the token of a session', () => {
  it('opens nothing once it has expired, on the emulator’s clock', async () => {
    const camera = await startCamera();
    await camera.record(1);
    const url = await openHls(camera, { Expires: 300, PlaybackMode: 'ON_DEMAND', ...server(0, 1000) });
    const { segments } = await playlistOf(camera, url);
    await camera.clock.advance(299_999);
    await playlistOf(camera, url);
    await camera.clock.advance(1);
    for (const resource of [
      url,
      beside(url, `getHLSMediaPlaylist.m3u8${new URL(url).search}`),
      segments[0] as string,
    ]) {
      await expect(camera.get(resource)).rejects.toMatchObject(EXPIRED);
    }
  });

  it('lasts five minutes unless told, and as long as told', async () => {
    const camera = await startCamera();
    await camera.record(1);
    const recorded = { PlaybackMode: 'ON_DEMAND', ...server(0, 1000) };
    const [usual, long] = [await openHls(camera, recorded), await openHls(camera, { Expires: 43_200, ...recorded })];
    await camera.clock.advance(300_000);
    await expect(camera.get(usual)).rejects.toMatchObject(EXPIRED);
    await camera.clock.advance(43_200_000 - 300_001);
    await camera.get(long);
  });

  it('that was never given opens nothing', async () => {
    const camera = await startCamera();
    await camera.record(1);
    const url = await openHls(camera);
    const other = await startCamera();
    const foreign = (token: string) => beside(url, `getHLSMasterPlaylist.m3u8${token}`);
    for (const token of ['', '?SessionToken=', '?SessionToken=nonsense', `${new URL(url).search.slice(0, -4)}AAA~`]) {
      await expect(camera.get(foreign(token)), token).rejects.toMatchObject({
        code: 'NotAuthorizedException',
        status: 403,
      });
    }
    await expect(other.get(url)).rejects.toMatchObject({ status: 403 });
  });

  it('of one protocol does not open the other', async () => {
    const camera = await startCamera();
    await camera.record(1);
    const { search } = new URL(await openHls(camera));
    await expect(camera.get(`http://localhost:4580/dash/v1/getDASHManifest.mpd${search}`)).rejects.toMatchObject({
      status: 403,
    });
  });
});

describe('a fragment of a session', () => {
  it('that was not listed, was never there, or has gone with retention is not found', async () => {
    const camera = await startCamera({ retentionHours: 1 });
    await camera.record(3);
    const recorded = { PlaybackMode: 'ON_DEMAND', Expires: 43_200 };
    const all = await playlistOf(camera, await openHls(camera, { ...recorded, ...server(0, 6000) }));
    const one = await openHls(camera, { ...recorded, ...server(0, 1000) });
    const { segments } = await playlistOf(camera, one);
    const [, second] = all.segments as [string, string];
    const number = new URL(second).searchParams.get('FragmentNumber');
    const own = new URL(segments[0] as string);
    const swap = (value: string | null) => {
      const url = new URL(own);
      url.searchParams.set('FragmentNumber', value ?? '');
      return url.href;
    };
    await expect(camera.get(swap(number))).rejects.toMatchObject(GONE);
    await expect(camera.get(swap('91343852333181432392682062607743920994'))).rejects.toMatchObject(GONE);
    await bytesOf(camera, own.href);
    await camera.clock.advance(3_600_000);
    await expect(camera.get(own.href)).rejects.toMatchObject(GONE);
  });

  it('is not found for a track that it does not have', async () => {
    const camera = await startCamera({ stream: { audio: false } });
    await camera.record(1);
    const url = await openHls(camera);
    const { segments } = await playlistOf(camera, url);
    await expect(camera.get((segments[0] as string).replace('TrackNumber=1', 'TrackNumber=2'))).rejects.toMatchObject(
      GONE,
    );
    await expect(playlistOf(camera, url, 2)).rejects.toMatchObject(GONE);
  });

  it('goes with its stream', async () => {
    const camera = await startCamera();
    await camera.record(1);
    const url = await openHls(camera);
    camera.streams.delete(camera.stream, undefined);
    await expect(camera.get(url)).rejects.toMatchObject(GONE);
  });

  it('is made once for two players of two sessions, when both have it at the same time', async () => {
    const camera = await startCamera();
    await camera.record(2);
    const recorded = { PlaybackMode: 'ON_DEMAND', ...producer(0, 4000) };
    const [one, two] = [await openHls(camera, recorded), await openHls(camera, recorded)];
    const first = (await playlistOf(camera, one)).segments[0] as string;
    const second = (await playlistOf(camera, two)).segments[0] as string;
    expect(first).not.toBe(second);
    expect(await bytesOf(camera, first)).toBe(await bytesOf(camera, second));
  });
});
