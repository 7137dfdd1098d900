import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { getClip } from '../../../src/operations/archived/getClip.ts';
import { aLawFixture, fixture } from '../../support/fixtures.ts';
import { annexB, noise, producerCluster, producerHeader, producerStream } from '../../support/producer.ts';
import { describeWith, output, scratchFolder } from '../../support/programs.ts';
import { brief, type Service, START, startService } from '../../support/service.ts';
import { range, startCamera } from '../playback/harness.ts';

const select = (from: number, to: number, FragmentSelectorType = 'PRODUCER_TIMESTAMP') => ({
  ClipFragmentSelector: { FragmentSelectorType, TimestampRange: range(from, to) },
});
const ABSOLUTE = { FragmentTimecodeType: 'ABSOLUTE' };

/** Names of boxes on the top level, in their order. */
function boxes(file: Uint8Array): string[] {
  const names: string[] = [];
  const view = Buffer.from(file);
  for (let at = 0; at < view.length; at += view.readUInt32BE(at)) names.push(view.toString('latin1', at + 4, at + 8));
  return names;
}
/** Frames of each track, from the boxes that count them. */
function frameCounts(file: Uint8Array): number[] {
  const view = Buffer.from(file);
  const counts: number[] = [];
  for (let at = view.indexOf('stsz'); at >= 0; at = view.indexOf('stsz', at + 4))
    counts.push(view.readUInt32BE(at + 12));
  return counts;
}
const clipOf = (service: Service, from: number, to: number, type?: string) =>
  service.read(getClip, select(from, to, type));

describe('GetClip', () => {
  it('answers with video/mp4: one whole file, not a fragmented one', async () => {
    const camera = await startCamera();
    await camera.record(3);
    const file = await clipOf(camera, 0, 4000);
    expect(getClip.contentType).toBe('video/mp4');
    expect(boxes(file)).toEqual(['ftyp', 'moov', 'mdat']);
    expect(frameCounts(file)).toEqual([150, 150]);
  });

  it('takes fragments that begin in the range, both ends included', async () => {
    const camera = await startCamera();
    await camera.record(4);
    expect(frameCounts(await clipOf(camera, 2000, 4000))).toEqual([100, 100]);
    expect(frameCounts(await clipOf(camera, 1, 3999, 'SERVER_TIMESTAMP'))).toEqual([50, 50]);
  });

  it('stops after 200 fragments without a word', async () => {
    const camera = await startCamera({ stream: { frameTicks: 1000, audio: false } });
    await camera.record(203);
    expect(frameCounts(await clipOf(camera, 0, 1e6))).toEqual([400]);
  });

  it('stops before the fragment that would make it more than 100 MB', async () => {
    const service = startService();
    await service.put(
      producerStream({ fragments: 5, timecode: START, fragmentTicks: 1000, frameTicks: 500, frameBytes: 3_400_000 })
        .bytes,
      ABSOLUTE,
      16_000_000,
    );
    // Each fragment has a key frame of 27.2 MB and a frame of 3.4 MB: three of them are 91.8 MB.
    expect(frameCounts(await clipOf(service, 0, 1e6))).toEqual([6]);
  });

  it.each([
    [
      'nothing there',
      'ResourceNotFoundException',
      404,
      'No fragments found in the stream for the clip request.',
      -9000,
      -1,
    ],
    [
      'an end before the start',
      'InvalidArgumentException',
      400,
      'EndTimestamp must be later than StartTimestamp.',
      2,
      1,
    ],
    ['more than a day', 'InvalidArgumentException', 400, 'EndTimestamp must be at most 86400 seconds', 0, 86_400_001],
  ])('refuses %s', async (_what, code, status, text, from, to) => {
    const camera = await startCamera();
    await camera.record(1);
    const error = { code, status, message: expect.stringContaining(text) };
    await expect(clipOf(camera, from, to)).rejects.toMatchObject(error);
  });

  it('refuses a stream without retention, and what it has no selector for', async () => {
    const service = startService({ retentionHours: 0 });
    await expect(clipOf(service, 0, 1)).rejects.toMatchObject({ code: 'NoDataRetentionException' });
    await expect(service.read(getClip, {})).rejects.toMatchObject({ code: 'ValidationException' });
  });

  it.each([
    ['h264-mulaw-gop1s.mkv', 'UnsupportedStreamMediaTypeException'],
    ['aac.mkv', 'UnsupportedStreamMediaTypeException'],
  ] as const)('refuses %s', async (name, code) => {
    const service = startService();
    await service.put(fixture(name), { ProducerStartTimestamp: String(START / 1000) });
    await expect(clipOf(service, -1000, 60_000)).rejects.toMatchObject({ code, status: 400 });
  });

  it('takes A-law beside H.264', async () => {
    const service = startService();
    await service.put(aLawFixture(), { ProducerStartTimestamp: String(START / 1000) });
    const file = Buffer.from(await clipOf(service, -1000, 60_000));
    expect([file.indexOf('alaw') > 0, file.indexOf('ulaw')]).toEqual([true, -1]);
  });

  it('refuses private data that change, and tracks that change', async () => {
    const service = startService();
    const one = fixture('h264-gop2s.mkv');
    const put = (body: Uint8Array, at: number) =>
      service.put(body, { ProducerStartTimestamp: String((START + at) / 1000) });
    await put(one, 0);
    await put(fixture('gst-streamable.mkv'), 10_000);
    await expect(clipOf(service, 0, 60_000)).rejects.toMatchObject({ code: 'InvalidCodecPrivateDataException' });
    await put(fixture('h264-aac-gop1s.mkv'), 20_000);
    await expect(clipOf(service, 9000, 60_000)).rejects.toMatchObject({ code: 'UnsupportedStreamMediaTypeException' });
  });

  it('refuses a frame whose NAL units do not fit it', async () => {
    const service = startService();
    const key = annexB(100, true, noise(1));
    // A NAL unit of 77 bytes in a frame of 20.
    const broken = Uint8Array.from({ length: 20 }, (_, i) => (i === 3 ? 77 : 0x41));
    broken.fill(0, 0, 3);
    const frames = [
      { track: 1, time: 0, key: true, data: key },
      { track: 1, time: 40, key: false, data: broken },
    ];
    const body = Buffer.concat([producerHeader(), producerCluster(START, frames)]);
    expect(brief(await service.put(body, ABSOLUTE)).at(-1)).toMatch(/^PERSISTED/);
    await expect(clipOf(service, 0, 1000)).rejects.toMatchObject({ code: 'InvalidMediaFrameException', status: 400 });
  });
});

describeWith(['ffprobe'], 'GetClip for ffprobe', () => {
  it('closes gaps, counts video in milliseconds and says when it was made', async () => {
    const camera = await startCamera({ stream: { audio: false } });
    await camera.record(2);
    await camera.pause(30);
    await camera.record(2);
    const path = join(scratchFolder(), 'clip.mp4');
    writeFileSync(path, await clipOf(camera, 0, 1e6));
    const entries = 'stream=time_base,start_time,duration,nb_frames:stream_tags=language,handler_name,creation_time';
    const text = await output('ffprobe', ['-v', 'error', '-of', 'json', '-show_entries', entries, path]);
    expect(JSON.parse(text.toString()).streams).toEqual([
      {
        time_base: '1/1000',
        start_time: '0.000000',
        duration: '8.000000',
        nb_frames: '200',
        tags: { language: 'eng', handler_name: 'USP Video Handler', creation_time: '2026-11-22T12:01:08.000000Z' },
      },
    ]);
  });
});
