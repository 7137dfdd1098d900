// What is played is what was sent: ffmpeg decodes the same pictures and the same sound, at the same times.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aLawFixture, FIXTURES, type Fixture, fixture, UNLACED } from '../../support/fixtures.ts';
import type { Bytes } from '../../support/mkv.ts';
import { describeWith, scratchFolder } from '../../support/programs.ts';
import { brief, START, startService } from '../../support/service.ts';
import {
  type Decoded,
  decode,
  expectFrames,
  type Frames,
  type Kind,
  kindsOf,
  timesOf,
  type Written,
  write,
  ZERO,
} from './decoded.ts';
import { WAYS, type Way } from './outputs.ts';

const A_LAW = 'h264-alaw (of h264-mulaw-gop1s.mkv)';
type Source = Fixture | typeof A_LAW;
const SOURCES: readonly Source[] = [...FIXTURES, A_LAW];
const bytesOf = (name: Source): Bytes => (name === A_LAW ? aLawFixture() : fixture(name));

/** Codecs that the service does not play so. Every other output has every frame. */
const REFUSED: Partial<Record<Source, readonly Way[]>> = {
  'aac.mkv': ['GetClip'],
  'h264-mulaw-gop1s.mkv': ['HLS with fMP4', 'HLS with MPEG-TS', 'GetClip'],
  [A_LAW]: ['HLS with fMP4', 'HLS with MPEG-TS'],
  'h265-aac-gop1s.mkv': ['HLS with MPEG-TS'],
  'h265-opengop-4fps.mkv': ['HLS with MPEG-TS'],
};
const CELLS = SOURCES.flatMap((name) => WAYS.map((output) => [name, output] as const));
const isRefused = ([name, output]: (typeof CELLS)[number]): boolean => REFUSED[name]?.includes(output) ?? false;

/** The frames of a source. */
async function decodeSource(name: Source): Promise<Frames> {
  const path = join(scratchFolder(), 'source.mkv');
  writeFileSync(path, bytesOf(name));
  return decode(Object.fromEntries(kindsOf(bytesOf(name)).map((kind) => [kind, path])));
}
/** Decoded once for all outputs. */
const decoded = new Map<Source, Promise<Frames>>();
function sourceFrames(name: Source): Promise<Frames> {
  const found = decoded.get(name) ?? decodeSource(name);
  decoded.set(name, found);
  return found;
}
/** Where ffmpeg does not know them: the frames of one source at the times of another. */
const atTimesOf = (frames: Frames, timed: Frames): Frames =>
  Object.fromEntries(
    (Object.entries(frames) as [Kind, readonly Decoded[]][]).map(([kind, own]) => [
      kind,
      own.map(({ md5 }, at): Decoded => ({ md5, time: timed[kind]?.[at]?.time ?? Number.NaN })),
    ]),
  );

async function play(name: Source, output: Way): Promise<Written> {
  const service = startService();
  const acks = await service.put(bytesOf(name), { ProducerStartTimestamp: String(START / 1000) });
  expect(brief(acks).filter((ack) => ack.startsWith('ERROR'))).toEqual([]);
  return write(service, output, kindsOf(bytesOf(name)), scratchFolder());
}

describeWith(['ffmpeg'], 'the frames of', () => {
  it.each(CELLS.filter((cell) => !isRefused(cell)))('%s come out of %s as they went in', async (name, output) => {
    const ours = await decode(await play(name, output));
    const own = await sourceFrames(name);
    const unlaced = name === A_LAW ? undefined : UNLACED[name];
    const source = unlaced ? atTimesOf(own, await sourceFrames(unlaced)) : own;
    expectFrames(ours, source, ZERO[output](timesOf(source), timesOf(ours)), `${name} ${output}`);
  });
});

describe('what is not played so', () => {
  it.each(CELLS.filter(isRefused))('is %s in %s, and its caller is told', async (name, output) => {
    await expect(play(name, output)).rejects.toMatchObject({
      code: 'UnsupportedStreamMediaTypeException',
      status: 400,
    });
  });
});
