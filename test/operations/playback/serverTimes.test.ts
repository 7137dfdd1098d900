// A recording that comes faster than a service could take it: its server timestamps lie ahead of the clock.
import { CreateStreamCommand } from '@aws-sdk/client-kinesis-video';
import { ListFragmentsCommand } from '@aws-sdk/client-kinesis-video-archived-media';
import { describe, expect, it } from 'vitest';
import { getClip } from '../../../src/operations/archived/getClip.ts';
import { getImages } from '../../../src/operations/archived/getImages.ts';
import { listFragments } from '../../../src/operations/archived/listFragments.ts';
import { getMedia } from '../../../src/operations/media/getMedia.ts';
import { walkChunks } from '../../support/chunks.ts';
import { startEmulator } from '../../support/emulator.ts';
import { fixture } from '../../support/fixtures.ts';
import { serverTimeOf } from '../../support/fragments.ts';
import { concat } from '../../support/mkv.ts';
import { producerStream } from '../../support/producer.ts';
import { openPut } from '../../support/putMedia.ts';
import { archivedClient, controlClient } from '../../support/sdk.ts';
import { START, startService } from '../../support/service.ts';
import { openDash, openHls, playlistOf, range, textOf } from './harness.ts';

/** Four fragments of a second, all at once on a clock that stands still: START, and the three milliseconds behind it. */
async function uploaded() {
  const service = startService();
  const send = () =>
    service.put(fixture('h264-aac-gop1s.mkv'), { ProducerStartTimestamp: String(service.clock.now() / 1000) });
  await send();
  return { ...service, send };
}
type Uploaded = Awaited<ReturnType<typeof uploaded>>;

const selector = (from: number, to: number) => ({
  FragmentSelectorType: 'SERVER_TIMESTAMP',
  TimestampRange: range(from, to),
});
interface Listed {
  readonly FragmentNumber: string;
  readonly ServerTimestamp: { readonly ms: number };
  readonly ProducerTimestamp: { readonly ms: number };
}
const list = async (service: Uploaded, from: number, to: number): Promise<Listed[]> =>
  (await service.call(listFragments, { StreamName: 'camera', FragmentSelector: selector(from, to) })).Fragments;
const hls = (service: Uploaded, PlaybackMode: string, from: number, to: number) =>
  openHls(service, { PlaybackMode, HLSFragmentSelector: selector(from, to) });
const listed = async (service: Uploaded, url: string): Promise<number> =>
  (await playlistOf(service, url)).segments.length;

describe('a recording that was sent all at once', () => {
  it('keeps its order, whatever a client sorts by', async () => {
    const fragments = await list(await uploaded(), 0, 0);
    const by = (key: (fragment: Listed) => number) => fragments.toSorted((a, b) => key(a) - key(b));
    expect(by((fragment) => fragment.ServerTimestamp.ms).map(({ ServerTimestamp }) => ServerTimestamp.ms)).toEqual(
      [0, 1, 2, 3].map((ms) => START + ms),
    );
    expect(by((fragment) => fragment.ServerTimestamp.ms)).toEqual(by((fragment) => fragment.ProducerTimestamp.ms));
    for (const { FragmentNumber, ServerTimestamp } of fragments) {
      expect(serverTimeOf(FragmentNumber)).toBe(ServerTimestamp.ms);
    }
  });

  it('is found whole by a range that ends now or later, and by its timestamps once that is past', async () => {
    const service = await uploaded();
    for (const end of [0, 1, 10_000]) expect(await list(service, 0, end)).toHaveLength(4);
    expect(await list(service, 2, 2)).toHaveLength(2);
    await service.clock.advance(2);
    expect(await list(service, 0, 1)).toHaveLength(2);
    expect(await list(service, 0, 2)).toHaveLength(4);
    await service.clock.advance(1);
    expect(await list(service, 0, 2)).toHaveLength(3);
  });

  it('is played, clipped and pictured whole in a range that ends now', async () => {
    const service = await uploaded();
    for (const mode of ['ON_DEMAND', 'LIVE_REPLAY']) {
      expect(await listed(service, await hls(service, mode, -1, 0)), mode).toBe(4);
      const url = await openDash(service, { PlaybackMode: mode, DASHFragmentSelector: selector(-1, 0) });
      const [video] = (await textOf(service, url)).split('</AdaptationSet>');
      expect(video?.match(/<S /g), mode).toHaveLength(4);
    }
    const clip = Buffer.from(await service.read(getClip, { ClipFragmentSelector: selector(-1, 0) }));
    expect(clip.readUInt32BE(clip.indexOf('stsz') + 12)).toBe(100);
    await service.send();
    const request = { StreamName: 'camera', Format: 'JPEG', ImageSelectorType: 'SERVER_TIMESTAMP' };
    const sampled = { ...request, SamplingInterval: 200, ...range(30_000, 30_200) };
    const { Images } = await service.call(getImages, sampled);
    // Its sound begins before its first picture.
    expect(Images.map(({ Error: error }: { Error: string | null }) => error === 'NO_MEDIA')).toEqual([true, false]);
  });

  it('stays whole in a session that was opened before the clock went on', async () => {
    const service = await uploaded();
    const urls = [await hls(service, 'ON_DEMAND', -1, 0), await hls(service, 'LIVE_REPLAY', -1, 0)];
    await service.clock.advance(60_000);
    for (const url of urls) {
      const { segments, ended } = await playlistOf(service, url);
      expect([segments.length, ended]).toEqual([4, true]);
    }
  });

  it('goes on in a replay while its end has not passed', async () => {
    const service = await uploaded();
    const url = await openHls(service, {
      PlaybackMode: 'LIVE_REPLAY',
      MaxMediaPlaylistFragmentResults: 100,
      HLSFragmentSelector: selector(-1, 0),
    });
    expect(await listed(service, url)).toBe(4);
    await service.send();
    expect(await listed(service, url)).toBe(8);
    await service.clock.advance(60_000);
    await service.send();
    expect(await playlistOf(service, url)).toMatchObject({ segments: { length: 8 }, ended: true });
  });

  it('is read by GetMedia from any of its server times on, never further behind than now', async () => {
    const service = await uploaded();
    const from = async (ms: number) => {
      const StartSelector = { StartSelectorType: 'SERVER_TIMESTAMP', StartTimestamp: (START + ms) / 1000 };
      const answer = await service.open(getMedia, { StartSelector });
      answer.leave();
      return walkChunks(answer.bytes());
    };
    expect((await from(2)).map(({ serverTimestamp }) => Math.round(Number(serverTimestamp) * 1000) - START)).toEqual([
      2, 3,
    ]);
    const chunks = await from(-1);
    expect(chunks.map(({ millisBehindNow }) => millisBehindNow)).toEqual(['0', '0', '0', '0']);
    await service.clock.advance(2);
    expect((await from(0)).map(({ millisBehindNow }) => millisBehindNow)).toEqual(['2', '1', '0', '0']);
  });
});

describe('on a clock that was set back', () => {
  it('a stream is live for as long as something comes, whatever its server timestamps say', async () => {
    const service = await uploaded();
    await service.clock.set(START - 3_600_000);
    const { header, fragments } = producerStream({ fragments: 1 });
    await service.put(concat(header, (fragments[0] as { cluster: Uint8Array }).cluster));
    const url = await openHls(service);
    expect(await listed(service, url)).toBe(5);
    // The fragment is 1960 ms long.
    await service.clock.advance(31_960);
    expect(await listed(service, url)).toBe(5);
    await service.clock.advance(1);
    await expect(listed(service, url)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    await expect(openHls(service)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });

  it('a range that ends now finds what has come since', async () => {
    const service = await uploaded();
    await service.clock.set(START - 3_600_000);
    await service.send();
    const times = (await list(service, -7_200_000, -3_600_000)).map(
      ({ ServerTimestamp }) => ServerTimestamp.ms - START,
    );
    expect(times.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});

it('two producers who send as fast as they can get distinct, ascending server timestamps, all found by a range up to now', async () => {
  const emulator = await startEmulator();
  const create = new CreateStreamCommand({ StreamName: 'cam', DataRetentionInHours: 1 });
  await controlClient({ endpoint: emulator.url }).send(create);
  const began = emulator.clock.now();
  const acks = await Promise.all(
    [1, 2].map(async (seed) => {
      const put = openPut({ url: emulator.url });
      const { header, fragments } = producerStream({ fragments: 60, fragmentTicks: 10, frameTicks: 5, seed });
      await put.send(header);
      for (const { cluster } of fragments) await put.send(cluster);
      put.end();
      return put.rest();
    }),
  );
  const numbers = acks.flat().flatMap((ack) => (ack.EventType === 'PERSISTED' ? [ack.FragmentNumber as string] : []));
  const FragmentSelector = {
    FragmentSelectorType: 'SERVER_TIMESTAMP' as const,
    TimestampRange: { StartTimestamp: new Date(began), EndTimestamp: new Date(emulator.clock.now() + 10_000) },
  };
  const ask = new ListFragmentsCommand({ StreamName: 'cam', MaxResults: 1000, FragmentSelector });
  const { Fragments = [] } = await archivedClient({ endpoint: emulator.url }).send(ask);
  const ordered = Fragments.toSorted((a, b) => Number(a.ServerTimestamp) - Number(b.ServerTimestamp));
  expect(ordered.map(({ FragmentNumber }) => FragmentNumber)).toEqual(numbers.toSorted());
  expect(new Set(ordered.map(({ ServerTimestamp }) => Number(ServerTimestamp))).size).toBe(120);
});
