// Every file that a recording can be had as, before the eyes of programs that know the formats: not a word against it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { boxAt } from '../media/support/boxes.ts';
import { fragmentsOf, type TestTrack, tracksOf } from '../media/support/fragments.ts';
import { joined, type Output, outputsOf, startWith, waysOf } from '../operations/playback/outputs.ts';
import { FIXTURES, type Fixture, fixture, fixturePath } from '../support/fixtures.ts';
import { md5 } from '../support/frames.ts';
import { type Bytes, concat } from '../support/mkv.ts';
import { describeWith, run, scratchFolder } from '../support/programs.ts';
import { type Mp4Box, mp4Box, type Opinion } from './mp4box.ts';

const tracksIn = (name: Fixture): TestTrack[] => tracksOf(fragmentsOf(fixture(name))[0]!);
const numbers = (tracks: readonly TestTrack[]): number[] => tracks.map(({ track }) => track.number);

async function everyOutput(name: Fixture): Promise<Output[]> {
  const service = await startWith(name);
  return (await Promise.all(waysOf(name).map((way) => outputsOf(service, way, numbers(tracksIn(name)))))).flat();
}

/** Each segment as a player has it: behind the init segment, if there is one. */
const apart = ({ init, segments }: Output): Bytes[] =>
  segments.map((segment) => (init === undefined ? segment : concat(init, segment)));

/** Many fixtures hold the same frames, and what is equal byte for byte need not be asked about again. */
function remembered<Answer>() {
  const answers = new Map<string, Promise<Answer>>();
  return (file: Bytes, ask: () => Promise<Answer>): Promise<Answer> => {
    const answer = answers.get(md5(file)) ?? ask();
    answers.set(md5(file), answer);
    return answer;
  };
}

describeWith(['mp4box'], 'MP4Box', () => {
  const once = remembered<Opinion>();
  /** G.711 is not among the codecs of GPAC 1.0; of such tracks it can judge the boxes. */
  const known = (name: Fixture): number[] =>
    numbers(tracksIn(name).filter(({ config }) => config.codec !== 'alaw' && config.codec !== 'ulaw'));
  const opinionOf = (judge: Mp4Box, file: Bytes, tracks: readonly number[]): Promise<Opinion> =>
    tracks.length === 0 ? judge.boxes(file) : judge.tracks(file, tracks);

  it.each(FIXTURES)('%s: has no objection to any MP4, and finds in it what is in the source', async (name) => {
    const judge = mp4Box();
    const source = await judge.matroskaTracks(fixturePath(name), known(name));
    for (const output of (await everyOutput(name)).filter(({ container }) => container === 'MP4')) {
      const what = `${output.way}, track ${output.tracks}`;
      const tracks = output.tracks.filter((number) => known(name).includes(number));
      const opinion = (file: Bytes) => once(file, () => opinionOf(judge, file, tracks));
      if (output.init !== undefined) {
        const { init } = output;
        const parts = await Promise.all([once(init, () => judge.boxes(init)), ...apart(output).map(opinion)]);
        expect(
          parts.flatMap(({ objections }) => objections),
          what,
        ).toEqual([]);
      }
      expect(await opinion(joined(output)), what).toStrictEqual({
        objections: [],
        streams: Object.fromEntries(tracks.map((number) => [number, source.streams[number]])),
      });
    }
  });

  type Damage = (file: Bytes) => void;
  /** A field of 32 bits becomes another; `at` counts from the begin of the box. */
  const changed =
    (path: string, at: number, to: (value: number) => number): Damage =>
    (file) => {
      const view = new DataView(file.buffer, file.byteOffset + boxAt(file, path).start + at);
      view.setUint32(0, to(view.getUint32(0)));
    };
  const lost = (path: string): Damage => changed(path, 4, () => 0x6672_6565); // 'free'
  const TRUN = 'moof/traf/trun';
  const STBL = 'moov/trak/mdia/minf/stbl';

  const damaged = async (way: 'HLS with fMP4' | 'GetClip', damage: Damage): Promise<[Opinion, Opinion]> => {
    const judge = mp4Box();
    const [output] = await outputsOf(await startWith('h264-bframes-aac-gop2s.mkv'), way, [1, 2]);
    const [whole, broken] = [joined(output!), joined(output!)];
    damage(broken);
    return [await judge.tracks(whole, output!.tracks), await judge.tracks(broken, output!.tracks)];
  };

  it.each([
    ['a track fragment that is longer than its boxes', 'HLS with fMP4', changed('moof/traf', 0, (size) => size + 4)],
    ['a track fragment without a header', 'HLS with fMP4', lost('moof/traf/tfhd')],
    ['a run whose second sample is said to be longer', 'HLS with fMP4', changed(TRUN, 40, (size) => size + 1)],
    ['a run whose second sample is said to be shorter', 'HLS with fMP4', changed(TRUN, 40, (size) => size - 1)],
    ['a run whose samples are said to be elsewhere', 'HLS with fMP4', changed(TRUN, 16, (offset) => offset + 8)],
    ['a sample table that is longer than its boxes', 'GetClip', changed(STBL, 0, (size) => size + 4)],
    ['a sample table without sizes', 'GetClip', lost(`${STBL}/stsz`)],
    ['a second sample that is said to be longer', 'GetClip', changed(`${STBL}/stsz`, 24, (size) => size + 1)],
    ['a chunk that is said to be elsewhere', 'GetClip', changed(`${STBL}/stco`, 16, (offset) => offset + 8)],
  ] as const)('objects to %s', async (_, way, damage) => {
    const [whole, broken] = await damaged(way, damage);
    expect(whole.objections).toEqual([]);
    expect(broken.objections).not.toEqual([]);
  });

  it('finds less where a fragment has lost its track', async () => {
    const [whole, broken] = await damaged('HLS with fMP4', lost('moof/traf'));
    expect(Object.keys(whole.streams)).toEqual(['1']);
    expect(broken.streams).not.toEqual(whole.streams);
  });
});

describeWith(['ffprobe'], 'ffprobe', () => {
  const once = remembered<string[]>();
  // G.711 has no channel layout in either container; that is no fault.
  const NO_FAULT = 'Guessed Channel Layout';

  it.each(FIXTURES)('%s: reads every file without a warning', async (name) => {
    const folder = scratchFolder();
    const warnings = async (file: Bytes): Promise<string[]> => {
      const path = join(folder, md5(file));
      writeFileSync(path, file);
      const { code, stderr } = await run('ffprobe', ['-v', 'warning', '-show_streams', '-show_packets', path]);
      const lines = stderr.split('\n').filter((line) => line !== '' && !line.includes(NO_FAULT));
      return code === 0 ? lines : [`exit code ${code}`, ...lines];
    };
    for (const output of await everyOutput(name)) {
      const files = [...apart(output), joined(output)];
      const found = await Promise.all(files.map((file) => once(file, () => warnings(file))));
      expect(found.flat(), `${output.way}, track ${output.tracks}`).toEqual([]);
    }
  });
});
