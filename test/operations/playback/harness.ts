// Playback without a socket: a producer that sends as time passes, and the resources of a session as a player fetches them.
import { getDASHStreamingSessionURL } from '../../../src/operations/archived/getDASHStreamingSessionURL.ts';
import { getHLSStreamingSessionURL } from '../../../src/operations/archived/getHLSStreamingSessionURL.ts';
import { serverTimeOf } from '../../support/fragments.ts';
import { type ProducerFragment, type ProducerOptions, producerStream } from '../../support/producer.ts';
import { type Service, type ServiceOptions, START, startService } from '../../support/service.ts';

export { START } from '../../support/service.ts';

const FRAGMENT_MS = 2000;

/** A fragment's part of a RANGE in the requests, in seconds as clients send them. */
export const range = (from: number, to?: number) => ({
  StartTimestamp: (START + from) / 1000,
  ...(to === undefined ? {} : { EndTimestamp: (START + to) / 1000 }),
});

const ofCamera = (stream: ProducerOptions = {}): ProducerOptions => ({
  fragments: 400,
  timecode: START,
  frameBytes: 40,
  audio: true,
  endOfFragment: 'each',
  ...stream,
});
let made: ReturnType<typeof producerStream> | undefined;
/** The same for every camera that is not asked for anything else: it takes longer to make than most tests. */
const recording = (): ReturnType<typeof producerStream> => {
  made ??= producerStream(ofCamera());
  return made;
};

/**
 * A producer on the frozen clock that sends fragments of two seconds in real time, so that server and producer times
 * are the same: fragment n begins at START + 2000 n.
 */
export async function startCamera(options: ServiceOptions & { stream?: ProducerOptions } = {}) {
  const service = startService(options);
  const { header, fragments, end } =
    options.stream === undefined ? recording() : producerStream(ofCamera(options.stream));
  let acks: string[] = [];
  const connect = async () => {
    const opened = await service.openPut({ FragmentTimecodeType: 'ABSOLUTE' });
    acks = opened.acks;
    await opened.send(header);
    return opened;
  };
  /** The next fragment, without its end. */
  async function begin(): Promise<void> {
    session ??= await connect();
    const { tagsBefore, cluster } = fragments[sent] as ProducerFragment;
    await session.send(...(tagsBefore.length > 0 ? [tagsBefore] : []), cluster);
  }
  async function finish(): Promise<void> {
    await service.clock.advance(FRAGMENT_MS);
    await session?.send(end);
    sent += 1;
  }
  let session: Awaited<ReturnType<typeof connect>> | undefined;
  let sent = 0;
  return {
    ...service,
    /** The next `count` fragments, each whole when the two seconds are over. */
    async record(count: number): Promise<void> {
      for (let n = 0; n < count; n++) {
        await begin();
        await finish();
      }
    },
    begin,
    finish,
    /** What the producer has been told since it connected last. */
    acks: () => acks,
    /** The producer has been refused, and connects again for what it sends next. */
    reconnect(): void {
      session = undefined;
    },
    /** The producer goes, and comes back with what it records after so many fragments. */
    async pause(count: number): Promise<void> {
      await session?.end();
      session = undefined;
      await service.clock.advance(count * FRAGMENT_MS);
      sent += count;
    },
  };
}
export type Camera = Awaited<ReturnType<typeof startCamera>>;

type Caller = Pick<Service, 'call'>;
type Player = Pick<Service, 'get'>;
export const openHls = async (service: Caller, input: object = {}): Promise<string> =>
  (await service.call(getHLSStreamingSessionURL, { StreamName: 'camera', ...input })).HLSStreamingSessionURL;
export const openDash = async (service: Caller, input: object = {}): Promise<string> =>
  (await service.call(getDASHStreamingSessionURL, { StreamName: 'camera', ...input })).DASHStreamingSessionURL;

export const textOf = async (service: Player, url: string): Promise<string> => {
  const { contentType, body } = await service.get(url);
  if (contentType.startsWith('video/')) throw new Error(`${url} is no text`);
  return typeof body === 'string' ? body : new TextDecoder().decode(body);
};
export const bytesOf = async (service: Player, url: string): Promise<Uint8Array> => {
  const { contentType, body } = await service.get(url);
  if (typeof body === 'string' || !contentType.startsWith('video/')) throw new Error(`${url} is no media`);
  return body;
};
/** A URL of a session beside another, as a player resolves it. */
export const beside = (url: string, relative: string): string => new URL(relative, url).href;

/** A media playlist as a player reads it. */
export async function playlistOf(service: Player, url: string, track = 1) {
  const { search } = new URL(url);
  const text = await textOf(service, beside(url, `getHLSMediaPlaylist.m3u8${search}&TrackNumber=${track}`));
  const lines = text.split('\n');
  const tag = (name: string): string | undefined =>
    lines.find((line) => line.startsWith(`#EXT-X-${name}:`))?.slice(name.length + 8);
  const segments = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return {
    text,
    /** Which fragments, by their place in the recording. */
    fragments: segments.map((line) => fragmentOf(new URLSearchParams(line.split('?')[1]).get('FragmentNumber') ?? '')),
    segments: segments.map((line) => beside(url, line)),
    sequence: Number(tag('MEDIA-SEQUENCE')),
    target: Number(tag('TARGETDURATION')),
    ended: text.endsWith('#EXT-X-ENDLIST\n'),
    maps: lines.filter((line) => line.startsWith('#EXT-X-MAP')),
    breaks: lines.filter((line) => line === '#EXT-X-DISCONTINUITY').length,
  };
}

/** The server time in a fragment number as a place: 0 for what was sent at START, or a few ms later. */
export const fragmentOf = (number: string): number => Math.floor((serverTimeOf(number) - START) / FRAGMENT_MS);

/** A time as playlists show it: a whole second has no fraction. */
export const shownDate = (ms: number): string => {
  const date = new Date(ms).toISOString();
  return ms % 1000 === 0 ? `${date.slice(0, 19)}Z` : date;
};

/** A token that names nothing, of the right form. */
export const mask = (text: string): string => text.replaceAll(/SessionToken=[\w-]+~/g, 'SessionToken=T');
