// What GetMedia answers, read by other people's Matroska readers.
import { writeFileSync } from 'node:fs';
import { GetMediaCommand } from '@aws-sdk/client-kinesis-video-media';
import { expect, it } from 'vitest';
import { startWithCam } from '../support/cam.ts';
import { type Chunk, readChunks } from '../support/chunks.ts';
import { FIXTURES, fixture, fixturePath } from '../support/fixtures.ts';
import { md5 } from '../support/frames.ts';
import { type Bytes, concat } from '../support/mkv.ts';
import { describeWith, run, scratchFolder } from '../support/programs.ts';
import { mediaClient } from '../support/sdk.ts';
import { walk } from '../support/walk.ts';

async function throughTheEmulator(body: Bytes): Promise<Chunk[]> {
  const { url } = await startWithCam(body);
  const { Payload } = await mediaClient({ endpoint: url }).send(
    new GetMediaCommand({ StreamName: 'cam', StartSelector: { StartSelectorType: 'EARLIEST' } }),
  );
  return readChunks(Payload as AsyncIterable<Bytes>, walk(body).flatMap(({ clusters }) => clusters).length);
}

/** Files of the documents, and of all of them one behind the other, as a client saves the payload. */
function save(chunks: readonly Chunk[]): { documents: string[]; payload: string } {
  const folder = scratchFolder();
  const write = (name: string, bytes: Bytes): string => {
    writeFileSync(`${folder}/${name}`, bytes);
    return `${folder}/${name}`;
  };
  const documents = chunks.map(({ bytes }, index) => write(`${index}.mkv`, bytes));
  return { documents, payload: write('payload.mkv', concat(...chunks.map(({ bytes }) => bytes))) };
}

/**
 * Their payload can be read as one file, up to the second document. The SeekHead of the others points at places of the
 * file they were, and ffprobe looks there.
 */
const LIVE_LAYOUTS: readonly string[] = ['ffmpeg-live.mkv', 'ffmpeg-pipe.mkv', 'gst-streamable.mkv'];

async function expectProbed(file: string): Promise<void> {
  expect(await run('ffprobe', ['-v', 'warning', '-show_streams', file])).toMatchObject({ code: 0, stderr: '' });
}

async function expectListed(file: string, frames: number): Promise<void> {
  const { code, stdout, stderr } = await run('mkvinfo', ['-v', '-v', file]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.toString()).not.toMatch(/error|warning|invalid|unknown element|skipp/i);
  expect(stdout.toString().match(/Frame with size/g)).toHaveLength(frames);
}

/** MD5 of each packet that ffmpeg finds in a file, by stream, in order. */
async function packets(file: string): Promise<string[][]> {
  const args = ['-v', 'error', '-i', file, '-map', '0', '-c', 'copy', '-copyinkf', '-f', 'framemd5', '-'];
  const { stdout, stderr } = await run('ffmpeg', args);
  expect(stderr).toBe('');
  const streams: string[][] = [];
  for (const line of stdout.toString().split('\n')) {
    const [stream, , , , , hash] = line.split(',').map((field) => field.trim());
    if (hash !== undefined && /^\d+$/.test(stream ?? '')) {
      const index = Number(stream);
      streams[index] = [...(streams[index] ?? []), hash];
    }
  }
  return streams;
}

const joined = (parts: readonly string[][][]): string[][] =>
  (parts[0] ?? []).map((_, stream) => parts.flatMap((part) => part[stream] ?? []));

describeWith(['ffmpeg', 'ffprobe', 'mkvinfo'], 'ffmpeg, ffprobe and mkvinfo', () => {
  it.each(FIXTURES)('read the documents of %s without complaint, and find the source in them', async (name) => {
    const chunks = await throughTheEmulator(fixture(name));
    const { documents, payload } = save(chunks);
    await Promise.all([...documents, ...(LIVE_LAYOUTS.includes(name) ? [payload] : [])].map(expectProbed));
    await Promise.all(documents.map((file, index) => expectListed(file, chunks[index]?.frames.length ?? 0)));
    const source = await packets(fixturePath(name));
    expect(source.flat().length).toBeGreaterThan(0);
    expect(joined(await Promise.all(documents.map(packets)))).toEqual(source);
    // The same by our own walker: ffmpeg's packets are the frames as they are.
    const tracks = walk(fixture(name))[0]?.tracks ?? [];
    const frames = chunks.flatMap((chunk) => chunk.frames);
    expect(source).toEqual(
      tracks.map(({ number }) => frames.filter(({ track }) => track === number).map(({ data }) => md5(data))),
    );
  });
});
