// Streams whose media change or break while a session lists them.
import { describe, expect, it } from 'vitest';
import { getClip } from '../../../src/operations/archived/getClip.ts';
import { runOf } from '../../media/support/boxes.ts';
import { fixture } from '../../support/fixtures.ts';
import { ID } from '../../support/ids.ts';
import { element, hex } from '../../support/mkv.ts';
import { annexB, noise, producerCluster, producerHeader } from '../../support/producer.ts';
import { brief, type Service, START, startService } from '../../support/service.ts';
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
      message: 'The requested fragment does not have the same codec private data as the rest of the session.',
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

describe('a fragment with one picture, whose length nothing tells', () => {
  const pictures = (at: number, count: number) =>
    producerCluster(
      START + at,
      Array.from({ length: count }, (_, n) => ({
        ...{ track: 1, time: n * 250, key: n === 0, data: annexB(50, n === 0, noise(n)) },
      })),
    );
  const start = async (...clusters: Uint8Array[]) => {
    const service = startService();
    await service.put(Buffer.concat([producerHeader(), ...clusters]), { FragmentTimecodeType: 'ABSOLUTE' });
    return service;
  };
  const durationsOf = (segment: Uint8Array) => runOf(segment).samples.map(({ duration }) => duration);

  it('is as long as a picture of the one before, in lists and segments of HLS and DASH', async () => {
    const service = await start(pictures(0, 4), pictures(1000, 1), pictures(2000, 1));
    const { text, segments } = await playlistOf(service, await openHls(service, recorded()));
    expect(text.match(/#EXTINF:.*/g)).toEqual(['#EXTINF:1.0,', '#EXTINF:0.25,', '#EXTINF:0.25,']);
    const runs = await Promise.all(segments.map(async (segment) => durationsOf(await bytesOf(service, segment))));
    expect(runs).toEqual([[250, 250, 250, 250], [250], [250]]);
    const { HLSFragmentSelector: DASHFragmentSelector } = recorded();
    const url = await openDash(service, { PlaybackMode: 'ON_DEMAND', DASHFragmentSelector });
    await textOf(service, url);
    const media = `getMP4MediaFragment.mp4${new URL(url).search}&TrackNumber=1&FragmentNumber=3`;
    expect(durationsOf(await bytesOf(service, beside(url, media)))).toEqual([250]);
  });

  it('is a millisecond long if it is the first', async () => {
    const service = await start(pictures(0, 1), pictures(1000, 4), pictures(2000, 1));
    const { text, segments } = await playlistOf(service, await openHls(service, recorded()));
    expect(text.match(/#EXTINF:.*/g)).toEqual(['#EXTINF:0.001,', '#EXTINF:1.0,', '#EXTINF:0.25,']);
    expect(durationsOf(await bytesOf(service, segments[0] ?? ''))).toEqual([1]);
  });
});

describe('a fragment with a bad frame', () => {
  const good = (n: number) => [
    { track: 1, time: 0, key: true, data: annexB(200, true, noise(n)) },
    { track: 1, time: 500, key: false, data: annexB(50, false, noise(n)) },
  ];
  const cluster = (n: number, frames = good(n)) => producerCluster(START + n * 1000, frames);
  const BAD = {
    'NAL units longer than it is': Uint8Array.from({ length: 30 }, (_, at) => (at < 3 ? 0 : 0x55)),
    'half a length': Uint8Array.of(0, 7),
    'zero bytes alone': new Uint8Array(12),
    'no bytes': new Uint8Array(),
  };
  const bad = (data: Uint8Array) => [...good(1).slice(0, 1), { track: 1, time: 500, key: false, data }];
  const CLIP = { ClipFragmentSelector: recorded().HLSFragmentSelector };

  it.each(Object.entries(BAD))('that is %s is played without it, as long as it was', async (_, data) => {
    const service = startService();
    await service.put(Buffer.concat([producerHeader(), cluster(0), cluster(1, bad(data)), cluster(2)]), {
      FragmentTimecodeType: 'ABSOLUTE',
    });
    const input = { ...recorded(), DiscontinuityMode: 'ON_DISCONTINUITY' };
    const { text, segments, breaks } = await playlistOf(service, await openHls(service, input));
    expect(text.match(/#EXTINF:.*/g)).toEqual(['#EXTINF:1.0,', '#EXTINF:1.0,', '#EXTINF:1.0,']);
    expect(breaks).toBe(0);
    const runs = await Promise.all(segments.map(async (segment) => runOf(await bytesOf(service, segment)).samples));
    expect(runs.map((samples) => samples.map(({ duration }) => duration))).toEqual([[500, 500], [1000], [500, 500]]);
    // Said once, however many ask for whatever.
    for (const segment of segments) await bytesOf(service, segment);
    await playlistOf(service, await openHls(service, recorded()));
    expect(service.warnings.filter((line) => line.includes('bad frames'))).toEqual([
      expect.stringMatching(/"fragment":"9134\d+".*"track":1/),
    ]);
  });

  it.each(Object.entries(BAD))(
    'that is %s is no reason for a clip to be refused unless there is something to read',
    async (what, data) => {
      const service = startService();
      await service.put(Buffer.concat([producerHeader(), cluster(0), cluster(1, bad(data))]), {
        FragmentTimecodeType: 'ABSOLUTE',
      });
      if (what === 'zero bytes alone' || what === 'no bytes') await service.open(getClip, CLIP);
      else {
        await expect(service.open(getClip, CLIP)).rejects.toMatchObject({
          code: 'InvalidMediaFrameException',
          status: 400,
          message: expect.stringMatching(/^Fragment 9134\d+: Track 1 .*; 1 of its frames cannot be read\.$/),
        });
      }
    },
  );

  it('that can be read in part is played as far as that goes, in clips too', async () => {
    const service = startService();
    const data = hex('00000005 41 9a 38 4c 11 0000ffff 41');
    await service.put(Buffer.concat([producerHeader(), cluster(0), cluster(1, bad(data))]), {
      FragmentTimecodeType: 'ABSOLUTE',
    });
    const { segments } = await playlistOf(service, await openHls(service, recorded()));
    expect(runOf(await bytesOf(service, segments[1] as string)).samples[1]).toMatchObject({ size: 9, duration: 500 });
    await service.open(getClip, CLIP);
  });

  it('at its beginning does not keep the rest from being played', async () => {
    const service = startService();
    const broken = cluster(0, [{ track: 1, time: 0, key: true, data: BAD['half a length'] }]);
    await service.put(Buffer.concat([producerHeader(), broken, cluster(1)]), { FragmentTimecodeType: 'ABSOLUTE' });
    const url = await openHls(service, recorded());
    expect((await playlistOf(service, url)).segments.length).toBe(1);
    expect(await textOf(service, url)).toContain('RESOLUTION=640x360');
  });

  it('and no other is a hole, and such fragments alone are nothing to play', async () => {
    const service = startService();
    const empty = [{ track: 1, time: 0, key: true, data: new Uint8Array() }];
    const times = { FragmentTimecodeType: 'ABSOLUTE' };
    await service.put(Buffer.concat([producerHeader(), cluster(0), cluster(1, empty)]), times);
    expect((await playlistOf(service, await openHls(service, recorded()))).segments.length).toBe(1);
    const nothing = startService();
    await nothing.put(Buffer.concat([producerHeader(), cluster(0, empty)]), times);
    await expect(openHls(nothing, recorded())).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });

  it('because a lace does not fit its Block is stored, and played without that', async () => {
    const service = startService();
    const lace = element(ID.SimpleBlock, hex('81 01f4 06 02 ff'));
    const acks = await service.put(
      Buffer.concat([producerHeader(), cluster(0), cluster(1, good(1).slice(0, 1)), lace]),
      {
        FragmentTimecodeType: 'ABSOLUTE',
      },
    );
    expect(brief(acks).filter((ack) => ack.startsWith('ERROR'))).toEqual([]);
    const { text } = await playlistOf(service, await openHls(service, recorded()));
    expect(text.match(/#EXTINF:.*/g)).toEqual(['#EXTINF:1.0,', '#EXTINF:1.0,']);
    expect(service.warnings.join()).toContain('a Block whose lace does not fit it');
  });
});
