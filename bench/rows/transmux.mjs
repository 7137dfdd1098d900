import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { performance } from 'node:perf_hooks';
import { NO_FFMPEG, sampleFile } from '../sample.mjs';
import { inTurns, median } from '../statistics.mjs';
import { cut, loadTransmuxers } from '../transmuxers.mjs';
import { megabytesPerSecond, ratio, speed } from '../units.mjs';

export const name = 'transmux';

const SECONDS = 60;
const WARM_ROUNDS = 5;

const TARGETS = [
  {
    container: 'fMP4',
    least: 2,
    options: ['-f', 'mp4', '-movflags', 'cmaf+frag_keyframe+empty_moov+default_base_moof'],
    /** Both tracks of the fragment, each by itself, as players fetch them. Bytes made. */
    make: ({ finish, mp4Segment }, { header, pieces, startMs }, i) =>
      [1, 2].reduce(
        (bytes, track) => bytes + finish(mp4Segment(header, pieces, track, i, { startMs, delayMs: 0 })).length,
        0,
      ),
  },
  {
    container: 'MPEG-TS',
    least: 1,
    options: ['-f', 'mpegts'],
    make: ({ finish, transportSegment }, { header, pieces, startMs }) =>
      finish(transportSegment(header, pieces, { startMs, delayMs: 0 })).length,
  },
];

/** From the file to the last segment, in the benchmark's process, against a process of ffmpeg from start to end. */
export async function run({ quick, progress }) {
  const rounds = quick ? 5 : 15;
  const path = await sampleFile(SECONDS);
  const library = path && (await loadTransmuxers());
  const figures = [];
  for (const { container, least, options, make } of TARGETS) {
    const row = {
      figure:
        `MKV of ${SECONDS} s of 1080p at 4 Mbit/s to ${container}, in process, ` +
        'against `ffmpeg -c copy`, the whole process',
      aim: `>= ${least}`,
    };
    if (path === undefined) {
      figures.push({ ...row, ...NO_FFMPEG });
      continue;
    }
    const bytes = readFileSync(path).length;
    const ours = () => {
      const began = performance.now();
      const made = cut(library, readFileSync(path)).reduce((sum, one, i) => sum + make(library, one, i), 0);
      const ms = performance.now() - began;
      // Some of the input is Matroska's own; anything near it cannot be missing media.
      if (made < bytes * 0.98) throw new Error(`${made} bytes were made of ${bytes}`);
      return megabytesPerSecond(bytes, ms);
    };
    const bare = [];
    const theirs = async () => {
      const { wallMs, ownMs } = await copy(path, options);
      bare.push(megabytesPerSecond(bytes, ownMs));
      return megabytesPerSecond(bytes, wallMs);
    };
    for (let i = 0; i < WARM_ROUNDS; i++) ours();
    await theirs();
    bare.length = 0;
    const measured = await inTurns({ rounds, a: ours, b: theirs, onRound: (round) => progress(round / rounds) });
    const bareRatio = median(measured.as.map((value, i) => value / bare[i]));
    figures.push({
      ...row,
      value: ratio(measured.ratio),
      met: measured.ratio >= least,
      absolute:
        `${speed(measured.a)} against ${speed(measured.b)}; ffmpeg without its start and end, by its own clock: ` +
        `${speed(median(bare))}, ratio ${ratio(bareRatio)}`,
    });
  }
  return figures;
}

/** Milliseconds that ffmpeg took as seen from outside, and by its own account between its first and last frame. */
async function copy(path, options) {
  const args = ['-nostdin', '-hide_banner', '-nostats', '-benchmark', '-y', '-i', path, '-c', 'copy', ...options];
  const began = performance.now();
  const child = spawn('ffmpeg', [...args, devNull], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const [code] = await once(child, 'close');
  const wallMs = performance.now() - began;
  const seconds = /rtime=([\d.]+)s/.exec(said)?.[1];
  if (code !== 0 || seconds === undefined) throw new Error(`ffmpeg ended with ${code}: ${said}`);
  return { wallMs, ownMs: Number(seconds) * 1000 };
}
