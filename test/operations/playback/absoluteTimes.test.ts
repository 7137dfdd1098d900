// Where an output says when a fragment was, that is when its producer says it was, to the millisecond.
import { describe, expect, it } from 'vitest';
import { boxAt, runOf } from '../../media/support/boxes.ts';
import { pesOf, tsPackets } from '../../media/support/transportStream.ts';
import { FIXTURES, type Fixture, fixture } from '../../support/fixtures.ts';
import { type Service, START, startService } from '../../support/service.ts';
import { walk } from '../../support/walk.ts';
import { expectTimes, type Kind, kindsOf, TOLERANCE_MS, toTransportTime } from './decoded.ts';
import { beside, bytesOf, openDash, openHls, playlistOf, range, shownDate, textOf } from './harness.ts';

const SELECTOR = { FragmentSelectorType: 'PRODUCER_TIMESTAMP', TimestampRange: range(-1000, 60_000) };
const SHOWN = { PlaybackMode: 'ON_DEMAND', DisplayFragmentTimestamp: 'ALWAYS' };
const G711: readonly Fixture[] = ['h264-mulaw-gop1s.mkv'];
const H265: readonly Fixture[] = ['h265-aac-gop1s.mkv', 'h265-opengop-4fps.mkv'];
const PIDS: Readonly<Record<Kind, number>> = { v: 0x100, a: 0x101 };
const but = (...others: readonly Fixture[]) => FIXTURES.filter((name) => !others.includes(name));

async function recorded(name: Fixture): Promise<Service> {
  const service = startService();
  await service.put(fixture(name), { ProducerStartTimestamp: String(START / 1000) });
  return service;
}

/** Of each fragment with frames of the track: its producer timestamp, and when its first frame is shown; in ms. */
function fragmentsOf(name: Fixture, track: number) {
  return walk(fixture(name))
    .flatMap(({ clusters }) => clusters)
    .map(({ timecode, frames }) => {
      const times = frames.filter((frame) => frame.track === track).map(({ time }) => time);
      return { timestamp: START + Number(timecode), shown: START + Math.min(...times) };
    })
    .filter(({ shown }) => Number.isFinite(shown));
}
const isoOf = (fragments: readonly { timestamp: number }[]) => fragments.map(({ timestamp }) => shownDate(timestamp));
const shownOf = (fragments: readonly { shown: number }[]) => fragments.map(({ shown }) => shown);
const datesOf = (playlist: string) => [...playlist.matchAll(/^#EXT-X-PROGRAM-DATE-TIME:(.+)$/gm)].map(([, at]) => at);

const timescaleOf = (init: Uint8Array): number => boxAt(init, 'moov/trak/mdia/mdhd').view.getUint32(12);
/** When the segment's first frame is shown, in units of the timescale. */
function firstShown(segment: Uint8Array): number {
  const { baseDecodeTime, samples } = runOf(segment);
  let decoded = Number(baseDecodeTime);
  return samples.reduce((least, { duration, offset }) => {
    const shown = decoded + offset;
    decoded += duration;
    return Math.min(least, shown);
  }, Number.POSITIVE_INFINITY);
}

describe('a fragment is at its producer’s time', () => {
  it.each(but(...G711))('in HLS with fMP4: %s', async (name) => {
    const service = await recorded(name);
    const url = await openHls(service, { ...SHOWN, HLSFragmentSelector: SELECTOR });
    for (const [at, kind] of kindsOf(fixture(name)).entries()) {
      const fragments = fragmentsOf(name, at + 1);
      const { text, maps, segments } = await playlistOf(service, url, at + 1);
      expect(datesOf(text)).toEqual(isoOf(fragments));
      const init = await bytesOf(service, beside(url, /URI="([^"]+)"/.exec(maps[0] as string)?.[1] as string));
      const bytes = await Promise.all(segments.map((segment) => bytesOf(service, segment)));
      const shown = bytes.map((segment) => (firstShown(segment) * 1000) / timescaleOf(init));
      expectTimes(shown, shownOf(fragments), 0, TOLERANCE_MS[kind], name);
    }
  });

  it.each(but(...G711, ...H265))('in HLS with MPEG-TS, on a clock of 33 bits: %s', async (name) => {
    const service = await recorded(name);
    const options = { ...SHOWN, ContainerFormat: 'MPEG_TS', HLSFragmentSelector: SELECTOR };
    const { text, segments } = await playlistOf(service, await openHls(service, options));
    const bytes = await Promise.all(segments.map((segment) => bytesOf(service, segment)));
    for (const [at, kind] of kindsOf(fixture(name)).entries()) {
      const fragments = fragmentsOf(name, at + 1);
      expect(datesOf(text)).toEqual(isoOf(fragments));
      const shown = bytes.map((segment) => {
        const units = pesOf(tsPackets(segment), PIDS[kind]);
        return Math.min(...units.map(({ pts }) => pts)) / 90;
      });
      expectTimes(shown, shownOf(fragments).map(toTransportTime), 0, TOLERANCE_MS[kind], name);
    }
  });

  it.each(FIXTURES)('in a DASH manifest, whose segments begin where it says: %s', async (name) => {
    const service = await recorded(name);
    const url = await openDash(service, { ...SHOWN, DASHFragmentSelector: SELECTOR });
    const sets = (await textOf(service, url)).split('<AdaptationSet').slice(1);
    expect(sets.length).toBe(kindsOf(fixture(name)).length);
    for (const [at, set] of sets.entries()) {
      const fragments = fragmentsOf(name, at + 1);
      const told = [...set.matchAll(/kvs:ts="([^"]+)"/g)].map(([, seconds]) => seconds);
      expect(told).toEqual(fragments.map(({ timestamp }) => (timestamp / 1000).toFixed(3)));
      const media = `getMP4MediaFragment.mp4${new URL(url).search}&TrackNumber=${at + 1}`;
      let begin = BigInt(/<S t="(\d+)"/.exec(set)?.[1] as string);
      for (const [index, [, duration]] of [...set.matchAll(/<S [^>]*d="(\d+)"/g)].entries()) {
        const { baseDecodeTime, samples } = runOf(
          await bytesOf(service, beside(url, `${media}&FragmentNumber=${index + 1}`)),
        );
        expect(baseDecodeTime).toBe(begin);
        expect(samples.reduce((total, sample) => total + sample.duration, 0)).toBe(Number(duration));
        begin += BigInt(duration as string);
      }
    }
  });
});
