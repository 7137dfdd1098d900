import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checks } from '../../src/domain/fragments/checks.ts';
import { startEmulator } from '../support/emulator.ts';
import type { Bytes } from '../support/mkv.ts';
import { describeWith, output, scratchFolder } from '../support/programs.ts';
import { putMedia } from '../support/putMedia.ts';

const SOURCES = [
  ...['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=24000/1001:duration=9'],
  ...['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=44100:duration=9'],
];
const ENCODERS = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
const SHORT = ['-g', '10'];

/** The options that a remedy gives for ffmpeg. */
const advice = (remedy: string): string[] => /\(ffmpeg: ([^)]*)\)/.exec(remedy)?.[1]?.split(' ') ?? [];

const quiet = ['-nostdin', '-hide_banner', '-loglevel', 'error', '-y'];
const piped = (...options: string[]): Promise<Bytes> =>
  output('ffmpeg', [...quiet, ...SOURCES, ...ENCODERS, ...options, '-f', 'matroska', '-']);
async function filed(name: string, ...options: string[]): Promise<string> {
  const file = join(scratchFolder(), name);
  await output('ffmpeg', [...quiet, ...SOURCES, ...ENCODERS, ...options, file]);
  return file;
}

/** What the journal says of one upload. */
async function warned(body: Bytes): Promise<string[]> {
  const { url, requests } = await startEmulator();
  await fetch(`${url}/createStream`, { method: 'POST', body: '{"StreamName":"cam","DataRetentionInHours":1}' });
  await putMedia({ url }, body);
  const [entry] = requests.list({ operation: 'PutMedia' });
  return (entry?.warnings ?? []).map(({ difference }) => difference).filter((name) => name in checks);
}
const bytesOf = (file: string): Promise<Bytes> => output('cat', [file]);

describeWith(['ffmpeg'], 'an ordinary recording of ffmpeg', () => {
  it('with pictures and sound overlaps at its fragments, in a pipe and in a file', async () => {
    expect(await warned(await piped())).toContain('fragmentsOverlap');
    expect(await warned(await bytesOf(await filed('a.mkv')))).toContain('fragmentsOverlap');
  });

  it.each([
    ['fragmentsOverlap', []],
    ['noKeyFrame', ['-bf', '0']],
    ['shortFragment', [...SHORT, '-bf', '0']],
  ] as const)('meets %s no more, and nothing else, when its remedy is taken', async (name, before) => {
    expect(await warned(await piped(...before))).toContain(name);
    const options = advice(checks[name].remedy);
    expect(options.length).toBeGreaterThan(3);
    expect(await warned(await piped(...before, ...options))).toEqual([]);
    expect(await warned(await bytesOf(await filed('b.mkv', ...before, ...options)))).toEqual([]);
  });
});

describeWith(['ffmpeg', 'mkvinfo'], 'mkvmerge', () => {
  it('cuts such a recording anew so that it meets nothing', async () => {
    const file = await filed('a.mkv', '-g', '50');
    expect(await warned(await bytesOf(file))).toContain('fragmentsOverlap');
    const cut = file.replace('a.mkv', 'cut.mkv');
    expect(checks.fragmentsOverlap.remedy).toContain('mkvmerge -o OUT.mkv IN.mkv');
    await output('mkvmerge', ['-q', '-o', cut, file]);
    expect(await warned(await bytesOf(cut))).toEqual([]);
  });
});
