// A real file to compare with others on: H.264 High of 1920x1080 at 30 frames/s and 4 Mbit/s with a key frame every 2 s,
// and AAC. Made by ffmpeg once in a run, gone with it.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const NO_FFMPEG = { value: 'skipped: no ffmpeg', absolute: '' };

const source = (seconds) =>
  `-f lavfi -i testsrc2=size=1920x1080:rate=30:duration=${seconds} ` +
  `-f lavfi -i sine=frequency=440:beep_factor=4:sample_rate=48000:duration=${seconds} -map 0:v -map 1:a`;
const CODECS =
  '-c:v libx264 -preset veryfast -profile:v high -level 4.0 -bf 0 -pix_fmt yuv420p -sc_threshold 0 -g 60 -keyint_min 60 ' +
  '-b:v 4M -minrate 4M -maxrate 4M -bufsize 4M -x264-params nal-hrd=cbr -c:a aac -b:a 96k -ac 1';
const REPRODUCIBLE = '-fflags +bitexact -flags:v +bitexact -flags:a +bitexact -map_metadata -1';

const made = new Map();

/** Path of a file of so many seconds; undefined where there is no ffmpeg. */
export function sampleFile(seconds) {
  if (!made.has(seconds)) made.set(seconds, make(seconds));
  return made.get(seconds);
}

async function make(seconds) {
  const folder = mkdtempSync(join(tmpdir(), 'kvs-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'sample.mkv');
  const options = [source(seconds), CODECS, REPRODUCIBLE].join(' ').split(' ');
  try {
    await run('ffmpeg', ['-nostdin', '-v', 'error', ...options, path]);
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
  return path;
}
