// What is played is what was sent: ffmpeg decodes the same pictures and the same sound, at the same times.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { getClip } from '../../../src/operations/archived/getClip.ts';
import { type Fixture, fixture } from '../../support/fixtures.ts';
import { concat } from '../../support/mkv.ts';
import { describeWith, output, scratchFolder } from '../../support/programs.ts';
import { brief, type Service, START, startService } from '../../support/service.ts';
import { beside, bytesOf, openDash, openHls, playlistOf, range, textOf } from './harness.ts';

interface Decoded {
  readonly md5: string;
  /** Seconds. */
  readonly time: number;
}

/** Every decoded frame of one stream, `v` or `a`. */
async function decode(path: string, kind: 'v' | 'a'): Promise<Decoded[]> {
  // Otherwise ffmpeg counts pictures in units of their rate and rounds the times it was given.
  const exact = kind === 'v' ? ['-fps_mode', 'passthrough', '-enc_time_base', '1:90000'] : [];
  const args = ['-v', 'error', '-copyts', '-i', path, '-map', `0:${kind}`, ...exact];
  const text = (await output('ffmpeg', [...args, '-f', 'framemd5', '-'])).toString();
  const [, num, den] = /^#tb 0: (\d+)\/(\d+)/m.exec(text) ?? [];
  return text.split('\n').flatMap((line) => {
    if (line === '' || line.startsWith('#')) return [];
    const [, , pts, , , md5] = line.split(',').map((part) => part.trim());
    return [{ md5: md5 as string, time: (Number(pts) * Number(num)) / Number(den) }];
  });
}

/** The same frames; their distances from the first one are the same to the millisecond (to a tick more for rounding). */
function expectSame(actual: Decoded[], source: Decoded[], what: string): void {
  expect(
    actual.map(({ md5 }) => md5),
    what,
  ).toEqual(source.map(({ md5 }) => md5));
  const distances = (frames: Decoded[]) => frames.map(({ time }) => time - (frames[0]?.time ?? 0));
  const [ours, theirs] = [distances(actual), distances(source)];
  const worst = Math.max(...ours.map((distance, at) => Math.abs(distance - (theirs[at] as number))));
  expect(worst, `${what}: times`).toBeLessThan(0.0021);
}

const ALL = { FragmentSelectorType: 'PRODUCER_TIMESTAMP', TimestampRange: range(-1000, 60_000) };
type Written = Partial<Record<'v' | 'a', string>>;

async function put(service: Service, name: Fixture): Promise<void> {
  const acks = await service.put(fixture(name), { ProducerStartTimestamp: String(START / 1000) });
  expect(brief(acks).filter((ack) => ack.startsWith('ERROR'))).toEqual([]);
}

async function hlsMp4(service: Service, kinds: readonly ('v' | 'a')[], folder: string): Promise<Written> {
  const url = await openHls(service, { PlaybackMode: 'ON_DEMAND', HLSFragmentSelector: ALL });
  const written: Written = {};
  for (const [at, kind] of kinds.entries()) {
    const { maps, segments } = await playlistOf(service, url, at + 1);
    const init = beside(url, /URI="([^"]+)"/.exec(maps[0] as string)?.[1] as string);
    const parts = await Promise.all([init, ...segments].map((part) => bytesOf(service, part)));
    written[kind] = join(folder, `hls${at}.mp4`);
    writeFileSync(written[kind], concat(...parts));
  }
  return written;
}

async function hlsTs(service: Service, kinds: readonly ('v' | 'a')[], folder: string): Promise<Written> {
  const options = { ContainerFormat: 'MPEG_TS', PlaybackMode: 'ON_DEMAND', HLSFragmentSelector: ALL };
  const url = await openHls(service, options);
  const { segments } = await playlistOf(service, url);
  const path = join(folder, 'hls.ts');
  writeFileSync(path, concat(...(await Promise.all(segments.map((part) => bytesOf(service, part))))));
  return Object.fromEntries(kinds.map((kind) => [kind, path]));
}

async function dash(service: Service, kinds: readonly ('v' | 'a')[], folder: string): Promise<Written> {
  const url = await openDash(service, { PlaybackMode: 'ON_DEMAND', DASHFragmentSelector: ALL });
  const sets = (await textOf(service, url)).split('<AdaptationSet').slice(1);
  const written: Written = {};
  for (const [at, kind] of kinds.entries()) {
    const set = (sets[at] as string).replaceAll('&amp;', '&');
    const named = (name: string) => beside(url, new RegExp(`${name}="([^"]+)"`).exec(set)?.[1] as string);
    const numbers = (set.match(/<S /g) ?? []).map((_, index) => String(index + 1));
    const media = numbers.map((number) => named('media').replace('$Number$', number));
    const parts = await Promise.all([named('initialization'), ...media].map((part) => bytesOf(service, part)));
    written[kind] = join(folder, `dash${at}.mp4`);
    writeFileSync(written[kind], concat(...parts));
  }
  return written;
}

async function clip(service: Service, kinds: readonly ('v' | 'a')[], folder: string): Promise<Written> {
  const path = join(folder, 'clip.mp4');
  writeFileSync(path, await service.read(getClip, { ClipFragmentSelector: ALL }));
  return Object.fromEntries(kinds.map((kind) => [kind, path]));
}

const WAYS = { 'HLS with fMP4': hlsMp4, 'HLS with MPEG-TS': hlsTs, DASH: dash, GetClip: clip } as const;
type Way = keyof typeof WAYS;

const EVERY: readonly Way[] = ['HLS with fMP4', 'HLS with MPEG-TS', 'DASH', 'GetClip'];
const CASES: readonly [Fixture, readonly ('v' | 'a')[], readonly Way[]][] = [
  ['h264-aac-gop1s.mkv', ['v', 'a'], EVERY],
  ['h264-bframes-aac-gop2s.mkv', ['v', 'a'], EVERY],
  ['h264-gop2s.mkv', ['v'], EVERY],
  ['h265-aac-gop1s.mkv', ['v', 'a'], ['HLS with fMP4', 'DASH', 'GetClip']],
  ['h264-mulaw-gop1s.mkv', ['v', 'a'], ['DASH']],
  ['aac.mkv', ['a'], ['HLS with fMP4', 'HLS with MPEG-TS', 'DASH']],
  ['ffmpeg-pipe.mkv', ['v', 'a'], EVERY],
  ['gst-streamable.mkv', ['v'], EVERY],
  ['mkvmerge-lacing.mkv', ['v', 'a'], EVERY],
  ['mkvmerge-blockgroups.mkv', ['v', 'a'], EVERY],
];

describeWith(['ffmpeg'], 'the frames of', () => {
  it.each(CASES.flatMap(([name, kinds, ways]) => ways.map((way) => [name, way, kinds] as const)))(
    '%s come out of %s as they went in',
    async (name, way, kinds) => {
      const service = startService();
      await put(service, name);
      const folder = scratchFolder();
      const source = join(folder, 'source.mkv');
      writeFileSync(source, fixture(name));
      const written = await WAYS[way](service, kinds, folder);
      const apart: number[] = [];
      for (const kind of kinds) {
        const [ours, theirs] = [await decode(written[kind] as string, kind), await decode(source, kind)];
        expectSame(ours, theirs, `${way} ${kind}`);
        apart.push((ours[0]?.time ?? 0) - (theirs[0]?.time ?? 0));
      }
      // Sound and pictures lie as far apart as they did.
      expect(Math.abs((apart[1] ?? apart[0] ?? 0) - (apart[0] ?? 0)), `${way}: sync`).toBeLessThan(0.0021);
    },
  );
});
