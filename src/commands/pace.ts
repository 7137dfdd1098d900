import { type Mark, Scanner } from '../client/scanner.ts';
import { monotonicNow, wallTimeout } from '../runtime/wall.ts';

/** How long a recording lasts, from its frames as they go by. */
export class Extent {
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  /** The first track's frames give the length of a frame. */
  #track: number | undefined;
  #frames = 0;
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;

  add(mark: Mark): void {
    if (mark.kind !== 'block') return;
    this.#first = Math.min(this.#first, mark.ms);
    this.#last = Math.max(this.#last, mark.ms);
    this.#track ??= mark.track;
    if (mark.track !== this.#track) return;
    this.#frames++;
    this.#from = Math.min(this.#from, mark.ms);
    this.#to = Math.max(this.#to, mark.ms);
  }

  /** Milliseconds from the first frame to the end of the last one; 0 without frames. */
  get durationMs(): number {
    if (this.#frames === 0) return 0;
    const frame = this.#frames > 1 ? (this.#to - this.#from) / (this.#frames - 1) : 1;
    return Math.ceil(this.#last - this.#first + frame);
  }
}

/**
 * Passes a recording on as fast as it was made: what comes from a frame on waits until `reached` resolves for the frame's
 * time, in milliseconds after the first. Frames out of order wait for nothing.
 */
export async function* paced(
  body: AsyncIterable<Uint8Array>,
  reached: (ms: number) => Promise<void>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const scanner = new Scanner();
  let base = 0;
  let first: number | undefined;
  let latest = 0;
  for await (const chunk of body) {
    let passed = 0;
    for (const mark of scanner.push(chunk)) {
      if (mark.kind !== 'cluster' && mark.kind !== 'block') continue;
      first ??= mark.ms;
      const time = mark.ms - first;
      if (time <= latest) continue;
      latest = time;
      // The head of an element may have come with the chunk before.
      const before = Math.max(passed, mark.offset - base);
      if (before > passed) yield chunk.subarray(passed, before);
      passed = before;
      await reached(time);
    }
    if (passed < chunk.byteLength) yield chunk.subarray(passed);
    base += chunk.byteLength;
  }
}

/** Real time that begins when it is first asked for. Resolves early when `signal` is aborted. */
export function stopwatch(signal: AbortSignal): (ms: number) => Promise<void> {
  let start: number | undefined;
  return (ms) => {
    start ??= monotonicNow();
    return wallSleep(start + ms - monotonicNow(), signal);
  };
}

/** Resolves after `ms` of real time, or when `signal` is aborted. */
export function wallSleep(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = wallTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
