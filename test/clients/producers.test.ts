// Programs that make Matroska into a pipe, as producers without an SDK do, with curl or our own client at its end.

import { fileURLToPath } from 'node:url';
import { GetMediaCommand } from '@aws-sdk/client-kinesis-video-media';
import { expect, it } from 'vitest';
import { startWithCam } from '../support/cam.ts';
import { readChunks } from '../support/chunks.ts';
import { expectSameFrames, framesOf } from '../support/frames.ts';
import { type Bytes, concat } from '../support/mkv.ts';
import { describeWith, type Running, start } from '../support/programs.ts';
import { type Ack, brief } from '../support/putMedia.ts';
import { mediaClient } from '../support/sdk.ts';
import { walk } from '../support/walk.ts';

const FFMPEG = [
  ...['-hide_banner', '-loglevel', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=4'],
  ...['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000:duration=4'],
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-threads', '1', '-g', '25', '-c:a', 'aac', '-ac', '1'],
  // Without it ffmpeg cuts the clusters of a pipe at one second, wherever that is.
  ...['-cluster_time_limit', '5000', '-f', 'matroska', '-'],
];
const GSTREAMER = [
  ...'-q videotestsrc num-buffers=100 ! video/x-raw,width=320,height=180,framerate=25/1'.split(' '),
  ...'! x264enc threads=1 key-int-max=50 speed-preset=ultrafast ! h264parse'.split(' '),
  // Clusters of a second, key frames of two: every other cluster begins with a delta frame.
  ...'! matroskamux streamable=true min-cluster-duration=500000000 max-cluster-duration=1000000000'.split(' '),
  ...['!', 'fdsink', 'fd=1'],
];
const CURL = [
  ...['-sS', '-N', '-X', 'POST', '-T', '-', '-H', 'x-amzn-stream-name: cam'],
  ...['-H', 'x-amzn-fragment-timecode-type: RELATIVE', '-H', 'x-amzn-producer-start-timestamp: 1700000000'],
];

/** What a shell's `|` does, but keeps what went through it. */
async function pipe(from: Running, to: Running): Promise<Bytes> {
  const pieces: Bytes[] = [];
  for await (const piece of from.stdout) {
    pieces.push(piece);
    await to.write(piece);
  }
  expect(await from.finished).toMatchObject({ code: 0, stderr: '' });
  to.end();
  return concat(...pieces);
}

/** Everything the producer's pipe carried is in the stream, and comes out as it went in. */
async function expectAll(url: string, sent: Bytes): Promise<void> {
  const clusters = walk(sent).flatMap((document) => document.clusters);
  const { Payload } = await mediaClient({ endpoint: url }).send(
    new GetMediaCommand({ StreamName: 'cam', StartSelector: { StartSelectorType: 'EARLIEST' } }),
  );
  const chunks = await readChunks(Payload as AsyncIterable<Bytes>, clusters.length);
  expect(chunks.map(({ cluster }) => cluster.timecode)).toEqual(clusters.map(({ timecode }) => timecode));
  expectSameFrames(
    chunks.flatMap(({ frames }) => frames),
    framesOf(sent),
  );
}

function expectAcks(stdout: Buffer, sent: Bytes): void {
  const acks = brief(
    stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Ack),
  );
  const timecodes = walk(sent).flatMap(({ clusters }) => clusters.map(({ timecode }) => timecode));
  expect(timecodes.length).toBeGreaterThan(2);
  for (const event of ['BUFFERING', 'RECEIVED', 'PERSISTED'])
    expect(acks.filter((ack) => ack.startsWith(event))).toEqual(timecodes.map((timecode) => `${event} ${timecode}`));
  expect(acks).toHaveLength(3 * timecodes.length);
}

describeWith(['ffmpeg', 'curl'], 'ffmpeg into curl', () => {
  it('has every fragment persisted and read back frame by frame', async () => {
    const { url } = await startWithCam();
    const curl = start('curl', [...CURL, `${url}/putMedia`]);
    const sent = await pipe(start('ffmpeg', FFMPEG), curl);
    const { code, stdout, stderr } = await curl.finished;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(walk(sent)[0]?.segment.size).toBe('unknown8');
    expectAcks(stdout, sent);
    await expectAll(url, sent);
  });
});

describeWith(['gstreamer', 'curl'], 'GStreamer into curl', () => {
  it('may begin clusters with delta frames', async () => {
    const { url } = await startWithCam();
    const curl = start('curl', [...CURL, `${url}/putMedia`]);
    const sent = await pipe(start('gst-launch-1.0', GSTREAMER), curl);
    const { code, stdout, stderr } = await curl.finished;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const clusters = walk(sent).flatMap((document) => document.clusters);
    expect(clusters.some(({ frames }) => !frames[0]?.key)).toBe(true);
    expect(new Set(clusters.map(({ element }) => element.size))).toEqual(new Set(['unknown8']));
    expectAcks(stdout, sent);
    await expectAll(url, sent);
  });
});

describeWith(['ffmpeg'], 'ffmpeg into kvs-emulator put', () => {
  it('has every fragment persisted and read back frame by frame', async () => {
    const { url } = await startWithCam();
    const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
    const put = start(process.execPath, [program, 'put', 'cam', '-', '--endpoint', url]);
    const sent = await pipe(start('ffmpeg', FFMPEG), put);
    const { code, stdout, stderr } = await put.finished;
    expect({ code, output: `${stdout}${stderr}` }).toMatchObject({ code: 0 });
    await expectAll(url, sent);
  });
});
