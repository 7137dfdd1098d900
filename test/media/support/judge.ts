// ffmpeg and ffprobe as judges: they know nothing of src/media.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
if (!hasFfmpeg) console.warn('ffmpeg is not installed: what it would judge is not tested');

/** Runs `use` with the path of a file that holds `bytes`, which is gone afterwards. */
export function withFile<T>(name: string, bytes: Uint8Array, use: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'judge-'));
  try {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  // G.711 has no channel layout in either container; that is no fault.
  const complaints = stderr.split('\n').filter((line) => line !== '' && !line.includes('Guessed Channel Layout'));
  if (status !== 0 || complaints.length > 0) throw new Error(`${program} says: ${complaints.slice(0, 5).join('\n')}`);
  return stdout;
}

export interface Packet {
  readonly pts: number;
  readonly dts: number;
  readonly key: boolean;
  readonly size: number;
  readonly hash: string;
}

/** All packets of the one video or audio stream, in file order; times in seconds. Throws at any warning. */
export function packetsOf(path: string, kind: 'video' | 'audio'): Packet[] {
  const out = run('ffprobe', [
    ...['-v', 'warning', '-show_packets', '-show_data_hash', 'md5', '-select_streams', kind[0] as string],
    ...['-show_entries', 'packet=pts_time,dts_time,size,flags,data_hash', '-of', 'json', path],
  ]);
  const { packets } = JSON.parse(out) as { packets: Record<string, string>[] };
  return packets.map(({ pts_time, dts_time, flags, size, data_hash }) => ({
    pts: Number(pts_time),
    dts: Number(dts_time),
    key: flags!.startsWith('K'),
    size: Number(size),
    hash: data_hash!,
  }));
}

export interface Picture {
  /** In seconds. */
  readonly time: number;
  readonly hash: string;
}

/** Every decoded frame of the one video or audio stream, in the order in which it is shown. Throws at any warning. */
export function decodedFrames(path: string, kind: 'video' | 'audio'): Picture[] {
  const out = run('ffmpeg', [
    ...['-nostdin', '-v', 'warning', '-copyts', '-i', path, '-map', `0:${kind[0]}`],
    ...['-fps_mode', 'passthrough', '-enc_time_base', '-1', '-f', 'framemd5', '-'],
  ]);
  let base = Number.NaN;
  return out.split('\n').flatMap((line) => {
    const tb = /^#tb 0: (\d+)\/(\d+)/.exec(line);
    if (tb) base = Number(tb[1]) / Number(tb[2]);
    if (line === '' || line.startsWith('#')) return [];
    const [, , pts, , , hash] = line.split(',').map((field) => field.trim());
    return [{ time: Number(pts) * base, hash: hash! }];
  });
}

/** What ffprobe says of each stream: only the entries asked for. */
export function streamsOf(path: string, ...entries: readonly string[]): Record<string, string>[] {
  const shown = run('ffprobe', ['-v', 'warning', '-show_entries', `stream=${entries.join(',')}`, '-of', 'json', path]);
  return (JSON.parse(shown) as { streams: Record<string, string>[] }).streams;
}

/** MD5 of the decoded audio from its first sample to its last, however it is cut into frames. */
export const soundHash = (path: string): string =>
  run('ffmpeg', ['-nostdin', '-v', 'warning', '-i', path, '-map', '0:a', '-f', 'md5', '-']);
