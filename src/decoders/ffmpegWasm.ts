import { Worker } from 'node:worker_threads';
import type { DecodeJob } from '../domain/ports.ts';
import { wallTimeout } from '../runtime/wall.ts';
import { DECODER_DEADLINE_MS, DecoderError } from './decoderError.ts';
import { assignPictures, decoderArguments } from './pictures.ts';

/**
 * The build is made for browsers: it wants `self` and `location`, and ends the program when it is done. In a thread of
 * its own it gets both without anybody else seeing them, and can be ended when it hangs.
 */
const WORKER = `
const { parentPort, workerData } = require('node:worker_threads');
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
globalThis.self = globalThis;
globalThis.location = { href: 'file:///core/' };
const { core, args, video } = workerData;
(async () => {
  const loaded = require(core);
  const make = typeof loaded === 'function' ? loaded : loaded.default ?? globalThis.createFFmpegCore;
  const ffmpeg = await make({ wasmBinary: readFileSync(join(dirname(core), 'ffmpeg-core.wasm')), quit() {} });
  let log = '';
  ffmpeg.setLogger(({ message }) => { log += message + '\\n'; });
  ffmpeg.setTimeout(-1);
  ffmpeg.FS.writeFile('in.mp4', video);
  ffmpeg.exec(...args);
  let output = new Uint8Array();
  try { output = ffmpeg.FS.readFile('out'); } catch {}
  parentPort.postMessage({ log, output });
})().catch((error) => { parentPort.postMessage({ failed: String(error) }); });
`;

/**
 * Decodes with @ffmpeg/core in a thread.
 * @throws DecoderError
 */
export function decodeInWorker(
  core: string,
  job: DecodeJob,
  signal: AbortSignal,
  deadlineMs = DECODER_DEADLINE_MS,
): Promise<(Uint8Array | undefined)[]> {
  return new Promise((resolve, reject) => {
    const video = Buffer.concat(job.video);
    const args = decoderArguments(job, 'in.mp4', 'out');
    const worker = new Worker(WORKER, { eval: true, workerData: { core, args, video }, stdout: true, stderr: true });
    const end = (error: Error | undefined, pictures: (Uint8Array | undefined)[] = []): void => {
      cancelDeadline();
      signal.removeEventListener('abort', abort);
      if (error) reject(error);
      else resolve(pictures);
      worker.terminate().catch(() => undefined);
    };
    const fail = (reason: string): void => end(new DecoderError(`@ffmpeg/core ${reason}`));
    const abort = (): void => fail('was not waited for');
    const cancelDeadline = wallTimeout(() => fail(`did not finish within ${deadlineMs} ms and was ended`), deadlineMs);
    signal.addEventListener('abort', abort, { once: true });
    worker.on('error', (error) => fail(`failed: ${error.message}`));
    worker.on('exit', (code) => fail(`ended with ${code}`));
    worker.on('message', (answer: { failed?: string; log: string; output: Uint8Array }) => {
      if (answer.failed !== undefined) fail(`failed: ${answer.failed}`);
      else end(undefined, assignPictures(job, answer.log, answer.output));
    });
  });
}
