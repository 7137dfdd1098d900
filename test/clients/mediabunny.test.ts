// mediabunny, unmodified, reads over HTTP what it reads in the producer's file: the same tracks and frames, at the same
// times.
import {
  GetClipCommand,
  GetDASHStreamingSessionURLCommand,
  GetHLSStreamingSessionURLCommand,
  type KinesisVideoArchivedMediaClient,
} from '@aws-sdk/client-kinesis-video-archived-media';
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input, Logging, type Source, UrlSource } from 'mediabunny';
import { describe, expect, it } from 'vitest';
import { fragmentsOf, tracksOf } from '../media/support/fragments.ts';
import { follow, joined, type SessionWay, type Way, waysOf } from '../operations/playback/outputs.ts';
import { startWithCam } from '../support/cam.ts';
import { FIXTURES, type Fixture, fixture } from '../support/fixtures.ts';
import { md5 } from '../support/frames.ts';
import { type Bytes, concat } from '../support/mkv.ts';
import { archivedClient } from '../support/sdk.ts';

interface Packet {
  readonly seconds: number;
  readonly key: boolean;
  readonly data: Bytes;
}
interface Read {
  readonly kind: string;
  /** As RFC 6381 says it, if mediabunny knows the codec. */
  readonly codec: string | null;
  readonly packets: readonly Packet[];
}

interface Reading {
  readonly of: string;
  readonly found: Read[];
  /** Whether the tracks' distance from each other is to be seen in it. */
  readonly together: boolean;
}

/** Every track, pictures first. */
async function read(source: Source): Promise<Read[]> {
  const input = new Input({ source, formats: ALL_FORMATS });
  const tracks: Read[] = [];
  for (const track of await input.getTracks()) {
    const packets: Packet[] = [];
    for await (const { timestamp, type, data } of new EncodedPacketSink(track).packets()) {
      packets.push({ seconds: timestamp, key: type === 'key', data });
    }
    tracks.push({ kind: track.type, codec: await track.getCodecParameterString(), packets });
  }
  input.dispose();
  return tracks.sort((a, b) => b.kind.localeCompare(a.kind));
}

const PARAMETER_SETS_AND_DELIMITER = [7, 8, 9];
const ADTS_HEADER = 7;

/** NAL units behind their lengths. */
function unitsOf(data: Bytes): Bytes[] {
  const units: Bytes[] = [];
  const view = new DataView(data.buffer, data.byteOffset);
  for (let at = 0; at < data.length; at += 4 + view.getUint32(at)) {
    units.push(data.subarray(at + 4, at + 4 + view.getUint32(at)));
  }
  return units;
}
/** NAL units behind start codes. */
const startedUnitsOf = (data: Bytes): Bytes[] =>
  Buffer.from(data)
    .toString('latin1')
    .split('\0\0\0\x01')
    .slice(1)
    .map((unit) => new Uint8Array(Buffer.from(unit, 'latin1')));
const picture = (units: Bytes[]): string =>
  md5(concat(...units.filter((unit) => !PARAMETER_SETS_AND_DELIMITER.includes(unit[0]! & 31))));

/** Each frame in short; the same for MPEG-TS, which frames H.264 and AAC in its own way, and for the source. */
function framesOf({ kind, packets }: Read, form: 'as it is' | 'for MPEG-TS' | 'from MPEG-TS'): string[] {
  const frame = (data: Bytes): string => {
    if (form === 'as it is') return md5(data);
    if (kind === 'audio') return md5(form === 'from MPEG-TS' ? data.subarray(ADTS_HEADER) : data);
    return picture(form === 'from MPEG-TS' ? startedUnitsOf(data) : unitsOf(data));
  };
  return packets.map(({ key, data }) => `${key ? 'key' : 'delta'} ${frame(data)}`);
}

const begin = (tracks: readonly Read[]): number => Math.min(...tracks.map(({ packets }) => packets[0]!.seconds));

/** The same frames of the same codecs at the same times, wherever those count from. */
function expectSame({ of, found, together }: Reading, source: readonly Read[], inTs: boolean): void {
  expect(
    found.map(({ kind, codec }) => [kind, codec]),
    of,
    // mediabunny knows G.711 in MP4 but not in Matroska.
  ).toEqual(source.map(({ kind, codec }) => [kind, codec ?? 'ulaw']));
  for (const [index, track] of found.entries()) {
    const wanted = source[index]!;
    expect(framesOf(track, inTs ? 'from MPEG-TS' : 'as it is'), of).toEqual(
      framesOf(wanted, inTs ? 'for MPEG-TS' : 'as it is'),
    );
    const [zero, wantedZero] = together ? [begin(found), begin(source)] : [begin([track]), begin([wanted])];
    const errors = track.packets.map(({ seconds }, at) =>
      Math.abs(seconds - zero - (wanted.packets[at]!.seconds - wantedZero)),
    );
    expect(Math.max(...errors), `${of}: times of ${track.kind}`).toBeLessThan(0.001);
  }
}

const TimestampRange = { StartTimestamp: new Date(1_699_999_999_000), EndTimestamp: new Date(1_700_000_060_000) };
const ALL = { FragmentSelectorType: 'PRODUCER_TIMESTAMP' as const, TimestampRange };

async function sessionUrl(client: KinesisVideoArchivedMediaClient, way: SessionWay): Promise<string> {
  const session = { StreamName: 'cam', PlaybackMode: 'ON_DEMAND' as const };
  if (way === 'DASH') {
    const command = new GetDASHStreamingSessionURLCommand({ ...session, DASHFragmentSelector: ALL });
    return (await client.send(command)).DASHStreamingSessionURL as string;
  }
  const ContainerFormat = way === 'HLS with MPEG-TS' ? 'MPEG_TS' : 'FRAGMENTED_MP4';
  const command = new GetHLSStreamingSessionURLCommand({ ...session, ContainerFormat, HLSFragmentSelector: ALL });
  return (await client.send(command)).HLSStreamingSessionURL as string;
}

/** A player's view of the network. */
const web = {
  async get(url: string) {
    const answer = await fetch(url);
    const contentType = answer.headers.get('content-type') ?? '';
    const body = contentType.startsWith('video/') ? new Uint8Array(await answer.arrayBuffer()) : await answer.text();
    return { contentType, body };
  },
};

async function readings(
  client: KinesisVideoArchivedMediaClient,
  way: Way,
  tracks: readonly number[],
): Promise<Reading[]> {
  if (way === 'GetClip') {
    const { Payload } = await client.send(new GetClipCommand({ StreamName: 'cam', ClipFragmentSelector: ALL }));
    const clip = (await Payload?.transformToByteArray()) as Bytes;
    return [{ of: 'the clip', found: await read(new BufferSource(clip)), together: true }];
  }
  const url = await sessionUrl(client, way);
  const outputs = await follow(web, way, url, tracks);
  const found = (await Promise.all(outputs.map((output) => read(new BufferSource(joined(output)))))).flat();
  const segments = { of: 'the segments', found, together: true };
  if (way === 'DASH') return [segments];
  // It plays HLS by itself, and lets each playlist begin at 0.
  const played = await read(new UrlSource(url));
  return [segments, { of: 'the playlist', found: played, together: way === 'HLS with MPEG-TS' }];
}

/**
 * In a playlist it goes by the segments' lengths alone, and takes the first frame in each for the first that is shown. Here
 * sound and pictures of a fragment begin seconds apart, or it begins with a frame that is shown later.
 */
const UNEVEN: readonly Fixture[] = ['h264-aac-1fps.mkv', 'h264-opengop-aac-4fps.mkv', 'h265-opengop-4fps.mkv'];

const CASES = FIXTURES.flatMap((name) => waysOf(name).map((way): [Fixture, Way] => [name, way]));

describe('mediabunny', () => {
  const warnings: unknown[] = [];
  Logging.on('warn', (words) => warnings.push(words));
  Logging.on('error', (words) => warnings.push(words));

  it.each(CASES)('reads %s from %s as it reads the source, without a warning', async (name, way) => {
    const source = await read(new BufferSource(fixture(name)));
    warnings.length = 0;
    const client = archivedClient({ endpoint: (await startWithCam(fixture(name))).url });
    const tracks = tracksOf(fragmentsOf(fixture(name))[0]!).map(({ track }) => track.number);
    const all = (await readings(client, way, tracks)).filter(
      ({ of }) => of !== 'the playlist' || !UNEVEN.includes(name),
    );
    for (const reading of all) expectSame(reading, source, way === 'HLS with MPEG-TS');
    expect(warnings).toEqual([]);
  });
});
