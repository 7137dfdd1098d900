// Everything that a recording can be had as, fetched without a socket.
import { expect } from 'vitest';
import { getClip } from '../../../src/operations/archived/getClip.ts';
import { type Fixture, fixture } from '../../support/fixtures.ts';
import { type Bytes, concat } from '../../support/mkv.ts';
import { brief, type Service, START, startService } from '../../support/service.ts';
import { beside, bytesOf, openDash, openHls, playlistOf, range, textOf } from './harness.ts';

/** A service that has recorded a fixture. */
export async function startWith(name: Fixture): Promise<Service> {
  const service = startService();
  const acks = await service.put(fixture(name), { ProducerStartTimestamp: String(START / 1000) });
  expect(brief(acks).filter((ack) => ack.startsWith('ERROR'))).toEqual([]);
  return service;
}

/** What belongs together: the segments of one track or, where the tracks share them, of all. */
interface Files {
  readonly tracks: readonly number[];
  /** What stands in front of the segments, if there is such a thing. */
  readonly init?: Bytes;
  readonly segments: readonly Bytes[];
}

export interface Output extends Files {
  readonly way: Way;
  readonly container: 'MP4' | 'MPEG-TS';
}

/** All that is played, as one file. */
export const joined = ({ init, segments }: Files): Bytes => concat(...(init ? [init] : []), ...segments);

const ALL = { FragmentSelectorType: 'PRODUCER_TIMESTAMP', TimestampRange: range(-1000, 60_000) };

const fetched = (service: Service, urls: readonly string[]): Promise<Bytes[]> =>
  Promise.all(urls.map((url) => bytesOf(service, url)));

async function hlsMp4(service: Service, tracks: readonly number[]): Promise<Files[]> {
  const url = await openHls(service, { PlaybackMode: 'ON_DEMAND', HLSFragmentSelector: ALL });
  return Promise.all(
    tracks.map(async (track) => {
      const { maps, segments } = await playlistOf(service, url, track);
      const init = beside(url, /URI="([^"]+)"/.exec(maps[0] as string)?.[1] as string);
      return { tracks: [track], init: await bytesOf(service, init), segments: await fetched(service, segments) };
    }),
  );
}

async function hlsTs(service: Service, tracks: readonly number[]): Promise<Files[]> {
  const options = { ContainerFormat: 'MPEG_TS', PlaybackMode: 'ON_DEMAND', HLSFragmentSelector: ALL };
  const { segments } = await playlistOf(service, await openHls(service, options));
  return [{ tracks, segments: await fetched(service, segments) }];
}

async function dash(service: Service, tracks: readonly number[]): Promise<Files[]> {
  const url = await openDash(service, { PlaybackMode: 'ON_DEMAND', DASHFragmentSelector: ALL });
  const sets = (await textOf(service, url)).split('<AdaptationSet').slice(1);
  return Promise.all(
    tracks.map(async (track, at) => {
      const set = (sets[at] as string).replaceAll('&amp;', '&');
      const named = (name: string) => beside(url, new RegExp(`${name}="([^"]+)"`).exec(set)?.[1] as string);
      const numbers = (set.match(/<S /g) ?? []).map((_, index) => String(index + 1));
      const segments = numbers.map((number) => named('media').replace('$Number$', number));
      const init = await bytesOf(service, named('initialization'));
      return { tracks: [track], init, segments: await fetched(service, segments) };
    }),
  );
}

const clip = async (service: Service, tracks: readonly number[]): Promise<Files[]> => [
  { tracks, segments: [await service.read(getClip, { ClipFragmentSelector: ALL })] },
];

const WAYS = { 'HLS with fMP4': hlsMp4, 'HLS with MPEG-TS': hlsTs, DASH: dash, GetClip: clip } as const;
export type Way = keyof typeof WAYS;

/** What the service does not play. */
const REFUSED: Partial<Record<Fixture, readonly Way[]>> = {
  'aac.mkv': ['GetClip'],
  'h264-mulaw-gop1s.mkv': ['HLS with fMP4', 'HLS with MPEG-TS', 'GetClip'],
  'h265-aac-gop1s.mkv': ['HLS with MPEG-TS'],
};

/** The ways in which a fixture can be played. */
export const waysOf = (name: Fixture): Way[] =>
  (Object.keys(WAYS) as Way[]).filter((way) => !REFUSED[name]?.includes(way));

/** The recording as it is played; `tracks`: the numbers of those that it has. */
export async function outputsOf(service: Service, way: Way, tracks: readonly number[]): Promise<Output[]> {
  const container = way === 'HLS with MPEG-TS' ? 'MPEG-TS' : 'MP4';
  return (await WAYS[way](service, tracks)).map((files) => ({ way, container, ...files }));
}
