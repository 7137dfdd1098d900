// GPAC's MP4Box as a judge of MP4.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { md5 } from '../support/frames.ts';
import type { Bytes } from '../support/mkv.ts';
import { MP4BOX, run, scratchFolder } from '../support/programs.ts';

export interface Opinion {
  /** What it writes against the file, line by line, and its exit code if that is not 0. */
  readonly objections: readonly string[];
  /** MD5 of each track's samples as it writes them out: H.264 and H.265 with start codes, AAC in ADTS. */
  readonly streams: Readonly<Record<number, string>>;
}

export interface Mp4Box {
  /** Goes through the boxes. */
  boxes(file: Bytes): Promise<Opinion>;
  /**
   * Takes tracks out of the file. Of all that it can be asked to do it looks closest here: it fetches every sample and
   * walks the NAL units in it, where `-info`, its dumps and its import believe the sizes and offsets that they are told.
   */
  tracks(file: Bytes, numbers: readonly number[]): Promise<Opinion>;
  /** What `tracks` finds once it has turned Matroska into MP4 itself. */
  matroskaTracks(path: string, numbers: readonly number[]): Promise<Opinion>;
}

/** Works in a folder that is gone after the test. */
export function mp4Box(): Mp4Box {
  const folder = scratchFolder();
  let files = 0;

  async function ask(level: 'error' | 'warning', ...args: string[]): Promise<string[]> {
    const logs = ['-noprog', '-logs', `all@${level}:ncl`];
    const { code, stderr } = await run(MP4BOX, [...logs, ...args]);
    const lines = stderr.split('\n').filter((line) => line.trim() !== '');
    return code === 0 ? lines : [`exit code ${code}`, ...lines];
  }
  function save(file: Bytes): string {
    files += 1;
    const name = `${files}.mp4`;
    writeFileSync(join(folder, name), file);
    return name;
  }
  async function take(name: string, numbers: readonly number[]): Promise<Opinion> {
    const raw = numbers.flatMap((number) => ['-raw', String(number)]);
    const objections = await ask('warning', ...raw, join(folder, name));
    const written = readdirSync(folder).flatMap((file) => {
      const [, of, number] = /^(.+)_track(\d+)\./.exec(file) ?? [];
      return `${of}.mp4` === name ? [[number, md5(new Uint8Array(readFileSync(join(folder, file))))]] : [];
    });
    return { objections, streams: Object.fromEntries(written) };
  }

  return {
    boxes: async (file) => ({ objections: await ask('warning', '-diso', join(folder, save(file))), streams: {} }),
    tracks: (file, numbers) => take(save(file), numbers),
    async matroskaTracks(path, numbers) {
      // What it thinks of the Matroska file, which has no decode times, is not asked.
      const objections = await ask('error', '-add', path, '-new', join(folder, 'source.mp4'));
      if (objections.length > 0) throw new Error(objections.join('\n'));
      return take('source.mp4', numbers);
    },
  };
}
