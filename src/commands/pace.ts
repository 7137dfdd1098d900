import { Scanner } from '../client/scanner.ts';
import { monotonicNow, wallSleep } from '../runtime/wall.ts';

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
