import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFrameDecoder, type FrameDecoderOptions } from '../../src/decoders/frameDecoder.ts';
import { splitJpeg, splitPng } from '../../src/decoders/pictures.ts';
import type { DecodeJob } from '../../src/domain/ports.ts';
import { finish } from '../../src/media/steps.ts';
import { pictureJobs } from '../../src/packaging/images.ts';
import { createLog } from '../../src/runtime/log.ts';
import { findPackage } from '../../src/runtime/optionalPackage.ts';
import { fixture } from '../support/fixtures.ts';
import { scratchFolder } from '../support/programs.ts';
import { type Document, type Element, walk } from '../support/walk.ts';

const job = (stream: string): DecodeJob => ({
  stream,
  video: [new Uint8Array(10)],
  times: [0, 1000],
  format: 'JPEG',
  quality: 80,
});

/** A program in ffmpeg's place; it is run with node. */
function program(folder: string, code: string): string {
  const path = join(folder, 'decoder');
  writeFileSync(path, `#!${process.execPath}\n${code}`);
  chmodSync(path, 0o755);
  return path;
}
function decoderWith(options: FrameDecoderOptions) {
  const warnings: string[] = [];
  const log = createLog({ level: 'warn', format: 'json', write: (line) => warnings.push(line) });
  return { warnings, decoder: createFrameDecoder(log, { findWasm: () => undefined, ...options }) };
}
const never = new AbortController().signal;

describe('a frame decoder', () => {
  it('has no pictures without a program, and says what to install', async () => {
    const { decoder, warnings } = decoderWith({ command: 'no-such-decoder' });
    expect(await decoder.decode(job('a'), never)).toEqual([undefined, undefined]);
    expect(warnings.join()).toMatch(/Install ffmpeg.*@ffmpeg\/core/);
  });

  it('ends a program that hangs', async () => {
    const folder = scratchFolder();
    const mark = join(folder, 'pid');
    const command = program(
      folder,
      `require('fs').writeFileSync(${JSON.stringify(mark)}, String(process.pid)); setInterval(() => {}, 1000);`,
    );
    const { decoder, warnings } = decoderWith({ command, deadlineMs: 500 });
    expect(await decoder.decode(job('a'), never)).toEqual([undefined, undefined]);
    expect(warnings.join()).toContain('did not finish within 500 ms');
    if (existsSync(mark)) expect(() => process.kill(Number(readFileSync(mark, 'utf8')), 0)).toThrow('ESRCH');
  });

  it('stops when nobody waits for the pictures any more', async () => {
    const { decoder } = decoderWith({ command: program(scratchFolder(), 'setInterval(() => {}, 1000);') });
    const gone = new AbortController();
    const decoding = decoder.decode(job('a'), gone.signal);
    gone.abort();
    expect(await decoding).toEqual([undefined, undefined]);
  });

  it('runs one program at a time for one stream', async () => {
    const folder = scratchFolder();
    const journal = join(folder, 'journal');
    const command = program(
      folder,
      `const fs = require('fs');
const note = (text) => fs.appendFileSync(${JSON.stringify(journal)}, text + '\\n');
note('begin');
process.stdin.resume().on('end', () => setInterval(() => { note('end'); process.exit(); }, 100));`,
    );
    const { decoder } = decoderWith({ command, atOnce: 2 });
    await Promise.all([decoder.decode(job('a'), never), decoder.decode(job('a'), never)]);
    expect(readFileSync(journal, 'utf8').trim().split('\n')).toEqual(['begin', 'end', 'begin', 'end']);
  });

  it('runs several for several: each waits for the other here', async () => {
    const folder = scratchFolder();
    const journal = join(folder, 'journal');
    const command = program(
      folder,
      `const fs = require('fs');
fs.appendFileSync(${JSON.stringify(journal)}, 'x');
setInterval(() => { if (fs.readFileSync(${JSON.stringify(journal)}).length === 2) process.exit(); }, 10);`,
    );
    const { decoder, warnings } = decoderWith({ command, atOnce: 2, deadlineMs: 20_000 });
    await Promise.all([decoder.decode(job('a'), never), decoder.decode(job('b'), never)]);
    expect(warnings.join()).not.toContain('did not finish');
  });

  it('survives a program that fails, and one that stops reading', async () => {
    const { decoder, warnings } = decoderWith({
      command: program(scratchFolder(), 'console.error("no such codec"); process.exit(3);'),
    });
    const large = { ...job('a'), video: [new Uint8Array(5_000_000)] };
    expect(await decoder.decode(large, never)).toEqual([undefined, undefined]);
    expect(warnings.join()).toContain('ended with 3: no such codec');
  });

  it('gives each picture to the time it was shown at, and nothing to a time without one', async () => {
    const command = program(
      scratchFolder(),
      `process.stdin.resume().on('end', () => {
  console.error('[Parsed_showinfo_1 @ 0x1] n:   0 pts:   1000 pts_time:1       pos: 1');
  process.stdout.write(Buffer.from('ffd8ffda000201ff00ffd9', 'hex'));
});`,
    );
    const { decoder } = decoderWith({ command });
    const [first, second] = await decoder.decode(job('a'), never);
    expect(first).toBeUndefined();
    expect(Buffer.from(second as Uint8Array).toString('hex')).toBe('ffd8ffda000201ff00ffd9');
  });
});

const core = findPackage('@ffmpeg/core');
if (core === undefined) process.stderr.write('skipped: pictures by @ffmpeg/core: not installed\n');
describe.skipIf(core === undefined)('a frame decoder without a program but with @ffmpeg/core', () => {
  it('has the pictures all the same', async () => {
    const header = fixture('h264-gop2s.mkv');
    const document = walk(header)[0] as Document;
    const first = document.clusters[0]?.element as Element;
    const jobs = finish(
      pictureJobs(
        [
          {
            header: { bytes: document.bytes.subarray(0, first.start), timestampScale: 1_000_000n },
            pieces: [first.bytes],
            wanted: [0, 1000].map((offsetMs) => ({ key: offsetMs, offsetMs })),
          },
        ],
        (error) => {
          throw error;
        },
      ),
    );
    const { decoder, warnings } = decoderWith({ command: 'no-such-decoder', findWasm: () => core });
    const { video, times } = jobs[0] as (typeof jobs)[number];
    const pictures = await decoder.decode({ ...job('a'), video, times }, never);
    expect(warnings).toEqual([]);
    for (const picture of pictures) expect(Buffer.from(picture ?? []).toString('hex', 0, 3)).toBe('ffd8ff');
  });
});

describe('a row of pictures', () => {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));

  it('is taken apart between JPEG files, not at an end mark inside a table', () => {
    const one = 'ffd8ffdb0006ffd9ffd9ffda0002aaff00bbffd9';
    const two = 'ffd8ffda0002ccffd9';
    expect(splitJpeg(bytes(one + two)).map((file) => Buffer.from(file).toString('hex'))).toEqual([one, two]);
    expect(splitJpeg(bytes(one + two.slice(0, -2))).length).toBe(1);
  });

  it('is taken apart between PNG files', () => {
    const chunk = (type: string, content = '') =>
      `${(content.length / 2).toString(16).padStart(8, '0')}${Buffer.from(type).toString('hex')}${content}00000000`;
    const file = (content: string) => `89504e470d0a1a0a${chunk('IDAT', content)}${chunk('IEND')}`;
    const [one, two] = [file('49454e44'), file('01')];
    expect(splitPng(bytes(one + two)).map((png) => Buffer.from(png).toString('hex'))).toEqual([one, two]);
    expect(splitPng(bytes(one + two.slice(0, -2))).length).toBe(1);
  });
});
