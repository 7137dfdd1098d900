import { availableParallelism } from 'node:os';
import type { DecodeJob, FrameDecoder } from '../domain/ports.ts';
import { inTurn } from '../runtime/inTurn.ts';
import type { Log } from '../runtime/log.ts';
import { findPackage } from '../runtime/optionalPackage.ts';
import { DecoderError } from './decoderError.ts';
import { Turns } from './turns.ts';

export interface FrameDecoderOptions {
  /** Name or path of ffmpeg. */
  readonly command?: string;
  readonly deadlineMs?: number;
  /** Where the WebAssembly build is; undefined if it is not installed. */
  readonly findWasm?: () => string | undefined;
  /** How many decoders may run at once, over all streams: as many as there are processors unless told. */
  readonly atOnce?: number;
}

/** Whoever wants no pictures must not wait for what makes processes and threads. */
const programs = () => inTurn(() => import('./ffmpegProcess.ts'));
const threads = () => inTurn(() => import('./ffmpegWasm.ts'));

/** Pictures by ffmpeg: the program if there is one, else its WebAssembly build, else none and a word on what to do. */
export function createFrameDecoder(log: Log, options: FrameDecoderOptions = {}): FrameDecoder {
  const {
    command = 'ffmpeg',
    deadlineMs,
    findWasm = () => findPackage('@ffmpeg/core'),
    atOnce = availableParallelism(),
  } = options;
  const turns = new Turns(atOnce);

  async function decode(job: DecodeJob, signal: AbortSignal): Promise<(Uint8Array | undefined)[]> {
    const none = job.times.map(() => undefined);
    if (!(await turns.take(job.stream, signal))) return none;
    try {
      try {
        return await (await programs()).decodeInProcess(command, job, signal, deadlineMs);
      } catch (error) {
        if (!(error instanceof DecoderError && error.missing)) throw error;
      }
      const core = findWasm();
      if (core !== undefined) return await (await threads()).decodeInWorker(core, job, signal, deadlineMs);
      log.warn(
        'Images need a decoder, so each is answered with MEDIA_ERROR. Install ffmpeg so that it is on the PATH, or the npm package @ffmpeg/core.',
      );
    } catch (error) {
      if (!(error instanceof DecoderError)) throw error;
      if (!signal.aborted) log.warn('Images could not be decoded.', { reason: error.message });
    } finally {
      turns.end(job.stream);
    }
    return none;
  }

  return { decode };
}
