// What a decoder is told, and how what it answers is taken apart: the same for every build of ffmpeg.

import type { DecodeJob } from '../domain/ports.ts';

/** Times are exact to a millisecond; what else is between is how seconds are written. */
const NEAR = 0.0005;

/** Arguments for ffmpeg that reads `input` and writes the pictures, one behind the other, to `output`. */
export function decoderArguments(job: DecodeJob, input: string, output: string): string[] {
  const wanted = job.times.map((ms) => `lt(abs(t-${(ms / 1000).toFixed(3)}),${NEAR})`).join('+');
  const filters = [`select='${wanted}'`, 'showinfo'];
  if (job.size) filters.push(`scale=${job.size.width}:${job.size.height}`, 'setsar=1');
  // Evenly spaced from here on: no version of ffmpeg then repeats a picture or leaves one out.
  filters.push('setpts=N/(25*TB)');
  const codec =
    job.format === 'PNG'
      ? ['-c:v', 'png', '-pix_fmt', 'rgb24']
      : ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-qmin', '1', '-q:v', String(quantizer(job.quality))];
  return [
    ...['-hide_banner', '-nostats', '-loglevel', 'info', '-copyts'],
    // Where decoding begins at a recovery point, ffmpeg takes the next pictures for broken and keeps them to itself.
    ...['-flags', '+output_corrupt', '-f', 'mp4', '-i', input, '-map', '0:v:0', '-vf', filters.join(','), '-r', '25'],
    ...[...codec, '-f', 'image2pipe', '-y', output],
  ];
}

/** Quality 1 to 100 as ffmpeg's quantizer, 31 to 1: the scale of the quantization tables that libjpeg would use. */
const quantizer = (quality: number): number => {
  const scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  return Math.min(31, Math.max(1, Math.round(scale / 10)));
};

/** The pictures by the times that were asked for; `log` is what showinfo said of each. */
export function assignPictures(job: DecodeJob, log: string, output: Uint8Array): (Uint8Array | undefined)[] {
  const shown = [...log.matchAll(/\bpts_time:\s*(-?[\d.]+)/g)].map(([, seconds]) => Math.round(Number(seconds) * 1000));
  const pictures = job.format === 'PNG' ? splitPng(output) : splitJpeg(output);
  return job.times.map((time) => pictures[shown.indexOf(time)]);
}

const JPEG_START_OF_SCAN = 0xda;
const JPEG_END = 0xd9;

export function splitJpeg(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    let at = start + 2;
    while (bytes[at] === 0xff && bytes[at + 1] !== JPEG_START_OF_SCAN) at += 2 + uint16(bytes, at + 2);
    if (bytes[at] !== 0xff) break;
    at += 2 + uint16(bytes, at + 2);
    // In a scan 0xFF stands for itself only if 0x00 follows.
    while (at + 1 < bytes.length && !(bytes[at] === 0xff && bytes[at + 1] === JPEG_END)) at += 1;
    if (at + 1 >= bytes.length) break;
    found.push(bytes.slice(start, at + 2));
    start = at + 2;
  }
  return found;
}

const PNG_SIGNATURE_BYTES = 8;

export function splitPng(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let start = 0; start < bytes.length; ) {
    let at = start + PNG_SIGNATURE_BYTES;
    for (let type = ''; type !== 'IEND'; ) {
      if (at + 12 > bytes.length) return found;
      type = Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1');
      at += 12 + view.getUint32(at);
    }
    if (at > bytes.length) return found;
    found.push(bytes.slice(start, at));
    start = at;
  }
  return found;
}

const uint16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
