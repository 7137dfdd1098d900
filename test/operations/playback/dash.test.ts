import { describe, expect, it } from 'vitest';
import { fixture } from '../../support/fixtures.ts';
import { concat } from '../../support/mkv.ts';
import { startService } from '../../support/service.ts';
import { beside, bytesOf, mask, openDash, range, START, startCamera, textOf } from './harness.ts';

const recorded = (from: number, to: number, type = 'PRODUCER_TIMESTAMP') => ({
  PlaybackMode: 'ON_DEMAND',
  DASHFragmentSelector: { FragmentSelectorType: type, TimestampRange: range(from, to) },
});

/** What a player takes from a manifest. */
function parse(text: string) {
  const attribute = (of: string, name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(of)?.[1];
  const mpd = /<MPD[^>]*>/.exec(text)?.[0] as string;
  const sets = text.split('<AdaptationSet').slice(1);
  return {
    type: attribute(mpd, 'type'),
    start: Date.parse(attribute(mpd, 'availabilityStartTime') as string),
    attribute: (name: string) => attribute(mpd, name),
    tracks: sets.map((set) => {
      const timescale = Number(attribute(set, 'timescale'));
      let time = Number(attribute(set, 't'));
      const segments = [...set.matchAll(/<S [^>]*d="(\d+)"/g)].map(([, d]) => {
        const from = time;
        time += Number(d);
        return { from, to: time };
      });
      return { timescale, first: Number(attribute(set, 'startNumber')), segments, end: time / timescale };
    }),
  };
}

/** The base media decode time of a segment. */
function tfdt(segment: Uint8Array): number {
  const at = Buffer.from(segment).indexOf('tfdt');
  return Number(Buffer.from(segment).readBigUInt64BE(at + 8));
}
const media = (url: string, number: number, track: number) =>
  beside(url, `getMP4MediaFragment.mp4?FragmentNumber=${number}&${new URL(url).search.slice(1)}&TrackNumber=${track}`);

describe('a DASH session', () => {
  it('of a recording has a static manifest with all there is', async () => {
    const camera = await startCamera({ stream: { audio: false } });
    await camera.record(3);
    const url = await openDash(camera, {
      ...recorded(0, 1e6),
      DisplayFragmentTimestamp: 'ALWAYS',
      DisplayFragmentNumber: 'ALWAYS',
    });
    const text = await textOf(camera, url);
    const numbers = [...text.matchAll(/kvs:fn="(\d{47})"/g)].map(([, number]) => number);
    expect(mask(text)).toBe(
      `<?xml version="1.0" encoding="utf-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:kvs="urn:kvs-emulator:fragment" type="static" profiles="urn:mpeg:dash:profile:isoff-live:2011" minBufferTime="PT2S" availabilityStartTime="2026-11-22T12:00:00.000Z" publishTime="2026-11-22T12:00:06.000Z" mediaPresentationDuration="PT6S">
  <Period id="1" start="PT0S">
    <AdaptationSet id="1" contentType="video" mimeType="video/mp4" segmentAlignment="true" startWithSAP="1">
      <SegmentTemplate timescale="1000" startNumber="1"
        initialization="getMP4InitFragment.mp4?SessionToken=T&amp;TrackNumber=1"
        media="getMP4MediaFragment.mp4?FragmentNumber=$Number$&amp;SessionToken=T&amp;TrackNumber=1">
        <SegmentTimeline>
          <S t="0" d="2000" kvs:ts="1795348800.000" kvs:fn="${numbers[0]}"/>
          <S d="2000" kvs:ts="1795348802.000" kvs:fn="${numbers[1]}"/>
          <S d="2000" kvs:ts="1795348804.000" kvs:fn="${numbers[2]}"/>
        </SegmentTimeline>
      </SegmentTemplate>
      <Representation id="1" codecs="avc1.42c01e" width="640" height="360" frameRate="25" bandwidth="9120"/>
    </AdaptationSet>
  </Period>
</MPD>
`,
    );
  });

  it('shows neither times nor numbers unless asked to', async () => {
    const camera = await startCamera();
    await camera.record(1);
    expect(await textOf(camera, await openDash(camera))).not.toMatch(/kvs:(ts|fn)=/);
  });

  it('LIVE moves its first number on, and every number stays what it was', async () => {
    const camera = await startCamera();
    await camera.record(3);
    const url = await openDash(camera, { MaxManifestFragmentResults: 3 });
    const before = parse(await textOf(camera, url));
    expect(before).toMatchObject({ type: 'dynamic', tracks: [{ first: 1 }, { first: 1 }] });
    expect(before.attribute('minimumUpdatePeriod')).toBe('PT1S');
    const second = await bytesOf(camera, media(url, 2, 1));
    await camera.record(2);
    const after = parse(await textOf(camera, url));
    expect(after).toMatchObject({ type: 'dynamic', tracks: [{ first: 3 }, { first: 3 }] });
    expect(after.tracks[0]?.segments[0]).toEqual(before.tracks[0]?.segments[2]);
    expect(concat(await bytesOf(camera, media(url, 2, 1)))).toEqual(concat(second));
  });

  it('serves under each number what begins where the manifest says', async () => {
    const service = startService();
    await service.put(fixture('h264-bframes-aac-gop2s.mkv'), { ProducerStartTimestamp: String(START / 1000) });
    const url = await openDash(service, recorded(-1000, 60_000));
    const { tracks } = parse(await textOf(service, url));
    for (const [at, { segments }] of tracks.entries()) {
      for (const [n, { from }] of segments.entries()) {
        expect(tfdt(await bytesOf(service, media(url, n + 1, at + 1))), `track ${at + 1} number ${n + 1}`).toBe(from);
      }
    }
  });

  it('closes up a gap, and keeps its live edge at the time the newest fragment came', async () => {
    const camera = await startCamera();
    await camera.record(2);
    const url = await openDash(camera);
    const before = parse(await textOf(camera, url));
    await camera.pause(10);
    await camera.record(1);
    const after = parse(await textOf(camera, url));
    expect(after.tracks[0]?.segments).toEqual([
      { from: 0, to: 2000 },
      { from: 2000, to: 4000 },
      { from: 4000, to: 6000 },
    ]);
    expect(after.start - before.start).toBe(20_000);
    // The last frame is counted in the manifest and not in the fragment's own length: 40 ms.
    expect(Math.abs(after.start + 6000 - camera.clock.now())).toBeLessThanOrEqual(40);
  });

  it('LIVE_REPLAY turns static when all of its range is listed', async () => {
    const camera = await startCamera();
    await camera.record(4);
    const url = await openDash(camera, {
      ...recorded(0, 4000),
      PlaybackMode: 'LIVE_REPLAY',
      MaxManifestFragmentResults: 2,
    });
    expect(parse(await textOf(camera, url)).type).toBe('dynamic');
    await camera.clock.advance(2000);
    expect(parse(await textOf(camera, url)).type).toBe('static');
  });

  it('has no number 0, none behind the last, and none for a track that is not there', async () => {
    const camera = await startCamera({ stream: { audio: false } });
    await camera.record(2);
    const url = await openDash(camera);
    await textOf(camera, url);
    await bytesOf(camera, media(url, 2, 1));
    for (const [number, track] of [
      [0, 1],
      [3, 1],
      [1, 2],
    ] as const) {
      await expect(camera.get(media(url, number, track))).rejects.toMatchObject({ status: 404 });
    }
    const init = beside(url, `getMP4InitFragment.mp4${new URL(url).search}&TrackNumber=2`);
    await expect(camera.get(init)).rejects.toMatchObject({ status: 404 });
  });
});
