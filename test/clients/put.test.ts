// Recordings as people have them, put by the command with the machine's own ffmpeg.
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { GetMediaCommand } from '@aws-sdk/client-kinesis-video-media';
import { expect, it } from 'vitest';
import { command } from '../../src/commands/put.ts';
import { run } from '../commands/world.ts';
import { readChunks } from '../support/chunks.ts';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import type { Bytes } from '../support/mkv.ts';
import { describeWith, output, scratchFolder } from '../support/programs.ts';
import { mediaClient } from '../support/sdk.ts';

const INPUT = [
  ...'-hide_banner -loglevel error -f lavfi -i testsrc2=size=160x120:rate=25'.split(' '),
  ...'-f lavfi -i sine=frequency=440:sample_rate=48000 -t 6'.split(' '),
];
/** As ffmpeg encodes unless told: with B-frames, so that sound is interleaved by when pictures are decoded. */
const H264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-threads', '1', '-g', '50'];
const AAC = ['-c:a', 'aac', '-ac', '1'];

async function made(name: string, ...encoding: string[]): Promise<string> {
  const path = join(scratchFolder(), name);
  await output('ffmpeg', [...INPUT, ...encoding, path]);
  return path;
}

const put = (args: string[], url: string, stdin?: ReturnType<typeof createReadStream>) =>
  run(command, args, url, { env: { PATH: process.env.PATH }, ...(stdin === undefined ? {} : { stdin }) });

/** How many fragments there are, each later than all of the one before and beginning with a key frame of track 1. */
async function expectLawful({ url }: TestEmulator, fragments: number): Promise<void> {
  const { Payload } = await mediaClient({ endpoint: url }).send(
    new GetMediaCommand({ StreamName: 'cam', StartSelector: { StartSelectorType: 'EARLIEST' } }),
  );
  let latest = -1;
  for (const { frames } of await readChunks(Payload as AsyncIterable<Bytes>, fragments)) {
    const times = frames.map(({ time }) => time);
    expect(Math.min(...times)).toBeGreaterThan(latest);
    latest = Math.max(...times);
    expect(frames.find(({ track }) => track === 1)?.key).toBe(true);
  }
}

describeWith(['ffmpeg'], 'put', () => {
  it.each([
    ['MP4', 'a.mp4', [...H264, ...AAC]],
    ['QuickTime', 'a.mov', [...H264, ...AAC]],
    ['MPEG-TS', 'a.ts', [...H264, ...AAC]],
    ['FLV', 'a.flv', [...H264, ...AAC]],
    ['AVI', 'a.avi', [...H264, '-c:a', 'mp2']],
    ['a bare video stream (H.264, H.265)', 'a.h264', [...H264, '-bf', '0', '-an']],
  ])('sends %s as fragments that the service takes', async (kind, name, encoding) => {
    const emulator = await startEmulator();
    const path = await made(name, ...encoding);
    const { code, error, stderr, stdout } = await put(['cam', path], emulator.url);
    expect(error).toBeUndefined();
    expect(code).toBe(0);
    expect(stderr).toContain(`${path} is ${kind}: ffmpeg puts it into Matroska`);
    expect(stdout.toString()).toMatch(/, 3 fragments persisted: /);
    await expectLawful(emulator, 3);
  });

  it('takes another container from a pipe, too', async () => {
    const emulator = await startEmulator();
    const path = await made('a.ts', ...H264, ...AAC);
    const { error, stderr, stdout } = await put(['cam', '-'], emulator.url, createReadStream(path));
    expect(error).toBeUndefined();
    expect(stderr).toContain('standard input is MPEG-TS: ffmpeg puts it into Matroska; its sound is encoded anew.');
    expect(stdout.toString()).toMatch(/, 3 fragments persisted: /);
    await expectLawful(emulator, 3);
  });

  it('takes an MP4 from a pipe if its index comes first, and says what to do if not', async () => {
    const emulator = await startEmulator();
    const first = await made('a.mp4', ...H264, ...AAC, '-movflags', '+faststart');
    expect((await put(['cam', '-'], emulator.url, createReadStream(first))).error).toBeUndefined();
    await expectLawful(emulator, 3);
    const last = await made('b.mp4', ...H264, ...AAC);
    const { error } = await put(['other', '-'], emulator.url, createReadStream(last));
    expect(String(error)).toMatch(/index stands at its end, .* Give the file by its name, or .*\+faststart/);
  });

  it('sends it again with --loop', async () => {
    const emulator = await startEmulator();
    const { error, stdout } = await put(['cam', await made('a.mp4', ...H264, ...AAC), '--loop', '2'], emulator.url);
    expect(error).toBeUndefined();
    expect(stdout.toString()).toMatch(/, 6 fragments persisted: /);
  });

  it('cuts an ordinary Matroska file anew with --recut', async () => {
    const emulator = await startEmulator();
    const { error } = await put(['cam', await made('a.mkv', ...H264, ...AAC), '--recut'], emulator.url);
    expect(error).toBeUndefined();
    await expectLawful(emulator, 3);
  });

  it('says how to encode what does not fit', async () => {
    const emulator = await startEmulator();
    // Pictures without times that refer to later ones: nothing says when they are shown.
    const path = await made('a.h264', ...H264, '-an');
    const { error } = await put(['cam', path], emulator.url);
    expect(String(error)).toMatch(
      /ffmpeg cannot put .*a\.h264 .* into Matroska as it is: .*Encode it: ffmpeg -i .*-bf 0/,
    );
  });
});
