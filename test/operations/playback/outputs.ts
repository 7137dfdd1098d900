// Everything that a recording can be had as, fetched as a player does it.
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

const ALL = { FragmentSelectorType: 'PRODUCER_TIMESTAMP', TimestampRange: range(-1000, 600_000) };

type Getter = Pick<Service, 'get'>;

const fetched = (player: Getter, urls: readonly string[]): Promise<Bytes[]> =>
  Promise.all(urls.map((url) => bytesOf(player, url)));

async function hlsMp4(player: Getter, url: string, tracks: readonly number[]): Promise<Files[]> {
  return Promise.all(
    tracks.map(async (track) => {
      const { maps, segments } = await playlistOf(player, url, track);
      const init = beside(url, /URI="([^"]+)"/.exec(maps[0] as string)?.[1] as string);
      return { tracks: [track], init: await bytesOf(player, init), segments: await fetched(player, segments) };
    }),
  );
}

async function hlsTs(player: Getter, url: string, tracks: readonly number[]): Promise<Files[]> {
  const { segments } = await playlistOf(player, url);
  return [{ tracks, segments: await fetched(player, segments) }];
}

async function dash(player: Getter, url: string, tracks: readonly number[]): Promise<Files[]> {
  const sets = (await textOf(player, url)).split('<AdaptationSet').slice(1);
  return Promise.all(
    tracks.map(async (track, at) => {
      const set = (sets[at] as string).replaceAll('&amp;', '&');
      const named = (name: string) => beside(url, new RegExp(`${name}="([^"]+)"`).exec(set)?.[1] as string);
      const numbers = (set.match(/<S /g) ?? []).map((_, index) => String(index + 1));
      const segments = numbers.map((number) => named('media').replace('$Number$', number));
      const init = await bytesOf(player, named('initialization'));
      return { tracks: [track], init, segments: await fetched(player, segments) };
    }),
  );
}

const SESSIONS = { 'HLS with fMP4': hlsMp4, 'HLS with MPEG-TS': hlsTs, DASH: dash } as const;
export type SessionWay = keyof typeof SESSIONS;
export type Way = SessionWay | 'GetClip';
export const WAYS: readonly Way[] = ['HLS with fMP4', 'HLS with MPEG-TS', 'DASH', 'GetClip'];

/** All that a session's URL leads to; `tracks`: the numbers of those that the recording has. */
export async function follow(
  player: Getter,
  way: SessionWay,
  url: string,
  tracks: readonly number[],
): Promise<Output[]> {
  const container = way === 'HLS with MPEG-TS' ? 'MPEG-TS' : 'MP4';
  return (await SESSIONS[way](player, url, tracks)).map((files) => ({ way, container, ...files }));
}

function sessionUrl(service: Service, way: SessionWay): Promise<string> {
  if (way === 'DASH') return openDash(service, { PlaybackMode: 'ON_DEMAND', DASHFragmentSelector: ALL });
  const ContainerFormat = way === 'HLS with MPEG-TS' ? 'MPEG_TS' : 'FRAGMENTED_MP4';
  return openHls(service, { ContainerFormat, PlaybackMode: 'ON_DEMAND', HLSFragmentSelector: ALL });
}

/** The recording as it is played. */
export async function outputsOf(service: Service, way: Way, tracks: readonly number[]): Promise<Output[]> {
  if (way !== 'GetClip') return follow(service, way, await sessionUrl(service, way), tracks);
  const file = await service.read(getClip, { ClipFragmentSelector: ALL });
  return [{ way, container: 'MP4', tracks, segments: [file] }];
}

/** What the service does not play. */
const REFUSED: Partial<Record<Fixture, readonly Way[]>> = {
  'aac.mkv': ['GetClip'],
  'h264-mulaw-gop1s.mkv': ['HLS with fMP4', 'HLS with MPEG-TS', 'GetClip'],
  'h265-aac-gop1s.mkv': ['HLS with MPEG-TS'],
  'h265-opengop-4fps.mkv': ['HLS with MPEG-TS'],
};

/** The ways in which a fixture can be played. */
export const waysOf = (name: Fixture): Way[] => WAYS.filter((way) => !REFUSED[name]?.includes(way));
