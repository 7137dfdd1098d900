// What our camera films, decoded by somebody else.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseAvcRecord } from '../../src/media/codec/avc.ts';
import { AvcEncoder } from '../../src/media/encode/avcEncoder.ts';
import { Canvas } from '../../src/media/encode/canvas.ts';
import { TestCamera } from '../../src/media/testPicture/testCamera.ts';
import { describeWith, output, run, scratchFolder } from '../support/programs.ts';

const START = 1_893_456_000_000;

function recording(seconds: number, width: number, height: number, level: number): string {
  const camera = new TestCamera({
    ...{ name: 'front-door', width, height, rate: 25, level, fragment: 50, bitrate: 500_000, sound: true },
    ...{ start: START, origin: START, frame: 0, iso: (ms: number) => new Date(ms).toISOString() },
  });
  const pieces = [camera.header];
  while (camera.due < seconds * 1000) pieces.push(camera.next().bytes);
  const path = join(scratchFolder(), 'camera.mkv');
  writeFileSync(path, Buffer.concat(pieces));
  return path;
}

const decode = (path: string, ...how: string[]) => run('ffmpeg', ['-v', 'warning', '-xerror', '-i', path, ...how, '-']);

describeWith(['ffmpeg', 'ffprobe'], 'the test camera', () => {
  it.each([
    [320, 180, 12],
    [640, 360, 30],
    [1918, 1078, 40],
  ])('is decoded by ffmpeg without a word, at %i by %i', async (width, height, level) => {
    const path = recording(4, width, height, level);
    const { stdout, stderr } = await decode(path, '-f', 'framemd5');
    expect(stderr).toBe('');
    const lines = stdout.toString().split('\n');
    expect(lines.filter((line) => line.startsWith('0,'))).toHaveLength(100);
    const probed = await output('ffprobe', ['-v', 'error', '-show_entries', 'stream=profile,width,height,level', path]);
    expect(probed.toString()).toMatch(
      new RegExp(`profile=Constrained Baseline\nwidth=${width}\nheight=${height}\nlevel=${level}\n[^]*profile=LC\n`),
    );
  });

  it('is decoded to what was on the canvas, to the last pixel', async () => {
    const [width, height] = [208, 112];
    const canvas = new Canvas(width, height);
    const encoder = new AvcEncoder({ width, height, level: 11 });
    const startCode = Buffer.of(0, 0, 0, 1);
    const pieces = parseAvcRecord(encoder.record).parameterSets.flatMap((set) => [startCode, set]);
    const expected: number[] = [];
    for (let picture = 0; picture < 20; picture++) {
      for (let i = 0; i < 300; i++) {
        const at = (i * 7919 + picture * 104_729) % 65_521;
        canvas.set(at % (width / 4), (at >> 6) % (height / 4), 16 + (at % 14) * 16);
        const [x, y] = [at % (width / 16), (at >> 4) % (height / 16)];
        if (i % 20 === 0)
          canvas.paint([x, y], [x + 1, y + 1], { luma: 96, cb: 16 + (at % 100) * 2, cr: 200 - (at % 90) * 2 });
      }
      pieces.push(startCode, encoder.encode(canvas, picture % 8 === 0));
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) expected.push(canvas.luma[(y >> 2) * canvas.stride + (x >> 2)] ?? 0);
      for (const plane of [canvas.cb, canvas.cr])
        for (let y = 0; y < height / 2; y++)
          for (let x = 0; x < width / 2; x++) expected.push(plane[(y >> 3) * canvas.columns + (x >> 3)] ?? 0);
    }
    const path = join(scratchFolder(), 'canvas.h264');
    writeFileSync(path, Buffer.concat(pieces));
    const { stdout, stderr } = await decode(path, '-f', 'rawvideo', '-pix_fmt', 'yuv420p');
    expect(stderr).toBe('');
    expect(Buffer.compare(stdout, Buffer.from(expected))).toBe(0);
  });

  it('beeps at every full second, at 984 Hz, and is silent between', async () => {
    const { stdout, stderr } = await decode(recording(3, 320, 180, 12), '-map', '0:a', '-f', 's16le');
    expect(stderr).toBe('');
    const samples = new Int16Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.length));
    const loudest = (from: number, to: number): number =>
      Math.max(...samples.subarray(from * 48, to * 48).map(Math.abs));
    for (const second of [1000, 2000]) {
      expect(loudest(second + 30, second + 80)).toBeGreaterThan(3000);
      expect(loudest(second + 200, second + 900)).toBeLessThan(10);
      const heard = samples.subarray((second + 20) * 48, (second + 80) * 48);
      let periods = 0;
      for (let i = 1; i < heard.length; i++) if ((heard[i - 1] ?? 0) < 0 && (heard[i] ?? 0) >= 0) periods++;
      expect(Math.abs(periods / 0.06 - 984)).toBeLessThan(20);
    }
  });
});
