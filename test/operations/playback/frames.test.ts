// What is played is what was sent: ffmpeg decodes the same pictures and the same sound, at the same times.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Fixture, fixture } from '../../support/fixtures.ts';
import { describeWith, output, scratchFolder } from '../../support/programs.ts';
import { joined, type Output, outputsOf, startWith, waysOf } from './outputs.ts';

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

const CASES: readonly [Fixture, readonly ('v' | 'a')[]][] = [
  ['h264-aac-gop1s.mkv', ['v', 'a']],
  ['h264-bframes-aac-gop2s.mkv', ['v', 'a']],
  ['h264-gop2s.mkv', ['v']],
  ['h265-aac-gop1s.mkv', ['v', 'a']],
  ['h264-mulaw-gop1s.mkv', ['v', 'a']],
  ['aac.mkv', ['a']],
  ['ffmpeg-pipe.mkv', ['v', 'a']],
  ['gst-streamable.mkv', ['v']],
  ['mkvmerge-lacing.mkv', ['v', 'a']],
  ['mkvmerge-blockgroups.mkv', ['v', 'a']],
];

describeWith(['ffmpeg'], 'the frames of', () => {
  it.each(CASES.flatMap(([name, kinds]) => waysOf(name).map((way) => [name, way, kinds] as const)))(
    '%s come out of %s as they went in',
    async (name, way, kinds) => {
      const service = await startWith(name);
      const folder = scratchFolder();
      const source = join(folder, 'source.mkv');
      writeFileSync(source, fixture(name));
      const tracks = kinds.map((_, index) => index + 1);
      const outputs = await outputsOf(service, way, tracks);
      const apart: number[] = [];
      for (const [index, kind] of kinds.entries()) {
        const played = join(folder, 'played');
        writeFileSync(played, joined(outputs.find((output) => output.tracks.includes(index + 1)) as Output));
        const [ours, theirs] = [await decode(played, kind), await decode(source, kind)];
        expectSame(ours, theirs, `${way} ${kind}`);
        apart.push((ours[0]?.time ?? 0) - (theirs[0]?.time ?? 0));
      }
      // Sound and pictures lie as far apart as they did.
      expect(Math.abs((apart[1] ?? apart[0] ?? 0) - (apart[0] ?? 0)), `${way}: sync`).toBeLessThan(0.0021);
    },
  );
});
