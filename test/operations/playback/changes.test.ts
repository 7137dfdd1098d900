// Streams whose media change or break while a session lists them.
import { describe, expect, it } from 'vitest';
import { fixture } from '../../support/fixtures.ts';
import { hex } from '../../support/mkv.ts';
import { annexB, noise, producerCluster, producerHeader } from '../../support/producer.ts';
import { type Service, START, startService } from '../../support/service.ts';
import { beside, bytesOf, openDash, openHls, playlistOf, range, textOf } from './harness.ts';

const put = (service: Service, name: Parameters<typeof fixture>[0], at: number) =>
  service.put(fixture(name), { ProducerStartTimestamp: String((START + at) / 1000) });
const recorded = (to = 100_000) => ({
  PlaybackMode: 'ON_DEMAND',
  HLSFragmentSelector: { FragmentSelectorType: 'PRODUCER_TIMESTAMP', TimestampRange: range(-1000, to) },
});
const mapOf = (map: string) => /SequenceNumber=(\d+)/.exec(map)?.[1];

describe('a change of codec private data', () => {
  it('brings a new map in HLS, whose init segment is the new one, and a break unless none are wanted', async () => {
    const service = startService();
    await put(service, 'h264-gop2s.mkv', 0);
    await put(service, 'gst-streamable.mkv', 4000);
    await put(service, 'h264-gop2s.mkv', 8000);
    const url = await openHls(service, { ...recorded(), DiscontinuityMode: 'ON_DISCONTINUITY' });
    const { maps, text, segments } = await playlistOf(service, url);
    expect(maps.map(mapOf)).toEqual(['0', '2', '6']);
    expect(text.match(/#EXT-X-DISCONTINUITY\n#EXT-X-MAP/g)?.length).toBe(2);
    const inits = await Promise.all(
      maps.map((map) => bytesOf(service, beside(url, /URI="([^"]+)"/.exec(map)?.[1] ?? ''))),
    );
    const avcC = inits.map((init) =>
      Buffer.from(init).subarray(Buffer.from(init).indexOf('avcC')).toString('hex', 0, 20),
    );
    expect([avcC[0] === avcC[2], avcC[0] === avcC[1]]).toEqual([true, false]);
    for (const segment of segments) await bytesOf(service, segment);
    const never = await playlistOf(service, await openHls(service, { ...recorded(), DiscontinuityMode: 'NEVER' }));
    expect([never.breaks, never.maps.length]).toEqual([0, 3]);
  });

  it('is refused by DASH where it comes, not before', async () => {
    const service = startService();
    await put(service, 'h264-gop2s.mkv', 0);
    await put(service, 'gst-streamable.mkv', 4000);
    const { HLSFragmentSelector: DASHFragmentSelector } = recorded();
    const url = await openDash(service, { PlaybackMode: 'ON_DEMAND', DASHFragmentSelector });
    await textOf(service, url);
    const media = (number: number) =>
      beside(url, `getMP4MediaFragment.mp4${new URL(url).search}&TrackNumber=1&FragmentNumber=${number}`);
    await bytesOf(service, media(2));
    await expect(service.get(media(3))).rejects.toMatchObject({
      code: 'InvalidCodecPrivateDataException',
      status: 400,
    });
  });

  it('is followed 500 times and not more', async () => {
    const service = startService();
    const key = (n: number) => [{ track: 1, time: 0, key: true, data: annexB(50, true, noise(n)) }];
    // The level of the two differs, in avcC and in what follows.
    const headers = ['0142c01effe100196742c01e', '0142c01fffe100196742c01f'].map((start) => {
      const bytes = Buffer.from(producerHeader());
      bytes.set(hex(start), bytes.indexOf(Buffer.from('0142c01effe10019', 'hex')));
      return bytes;
    });
    const documents = (from: number, to: number) =>
      Buffer.concat(
        Array.from({ length: to - from }, (_, n) => [
          headers[(from + n) % 2] as Buffer,
          producerCluster(START + (from + n) * 100, key(n)),
        ]).flat(),
      );
    await service.put(documents(0, 501), { FragmentTimecodeType: 'ABSOLUTE' });
    const url = await openHls(service, recorded());
    expect((await playlistOf(service, url)).maps.length).toBe(501);
    await service.put(documents(501, 502), { FragmentTimecodeType: 'ABSOLUTE' });
    await expect(playlistOf(service, await openHls(service, recorded()))).rejects.toMatchObject({
      code: 'InvalidCodecPrivateDataException',
    });
  });
});

describe('a change of tracks', () => {
  it('is an error when such a fragment is loaded', async () => {
    const service = startService();
    await put(service, 'h264-aac-gop1s.mkv', 0);
    await put(service, 'h265-aac-gop1s.mkv', 5000);
    const { segments } = await playlistOf(service, await openHls(service, recorded()));
    expect(segments.length).toBe(6);
    await bytesOf(service, segments[3] as string);
    await expect(service.get(segments[4] as string)).rejects.toMatchObject({
      code: 'UnsupportedStreamMediaTypeException',
      status: 400,
    });
  });
});

describe('a fragment that cannot be played', () => {
  const good = (n: number) => [
    { track: 1, time: 0, key: true, data: annexB(200, true, noise(n)) },
    { track: 1, time: 500, key: false, data: annexB(50, false, noise(n)) },
  ];
  const cluster = (n: number, frames = good(n)) => producerCluster(START + n * 1000, frames);
  const BROKEN = {
    'has NAL units longer than their frame': Uint8Array.from({ length: 30 }, (_, at) => (at < 3 ? 0 : 0x55)),
    'has frames that are half a length': Uint8Array.of(0, 0),
  };

  it.each(Object.entries(BROKEN))('because it %s is a hole in the list, not a bad segment', async (_why, data) => {
    const service = startService();
    const bad = cluster(1, [...good(1).slice(0, 1), { track: 1, time: 500, key: false, data }]);
    await service.put(Buffer.concat([producerHeader(), cluster(0), bad, cluster(2)]), {
      FragmentTimecodeType: 'ABSOLUTE',
    });
    const list = await playlistOf(
      service,
      await openHls(service, { ...recorded(), DiscontinuityMode: 'ON_DISCONTINUITY' }),
    );
    expect([list.segments.length, list.breaks]).toEqual([2, 1]);
    for (const segment of list.segments) await bytesOf(service, segment);
  });

  it('at the beginning does not keep the rest from being played', async () => {
    const service = startService();
    const bad = cluster(0, [{ track: 1, time: 0, key: true, data: BROKEN['has frames that are half a length'] }]);
    await service.put(Buffer.concat([producerHeader(), bad, cluster(1)]), { FragmentTimecodeType: 'ABSOLUTE' });
    expect((await playlistOf(service, await openHls(service, recorded()))).segments.length).toBe(1);
  });

  it('because its frames are empty is a hole, and all of them leave nothing to play', async () => {
    const service = startService();
    const empty = [{ track: 1, time: 0, key: true, data: new Uint8Array() }];
    await service.put(Buffer.concat([producerHeader(), cluster(0), cluster(1, empty)]), {
      FragmentTimecodeType: 'ABSOLUTE',
    });
    expect((await playlistOf(service, await openHls(service, recorded()))).segments.length).toBe(1);
  });
});
