import { wallTimeout } from '../runtime/wall.ts';

/** Proxies and load balancers end what is silent, many after a minute of real time. */
const BEAT_MS = 15_000;
/** A comment: what reads events passes over it. */
const BEAT = new TextEncoder().encode(':\n\n');

/**
 * Events as they come, and a sign of life where none do: who has gone without a word is noticed, too.
 * @param after calls something after so many milliseconds, and returns how to call it off
 */
export function withHeartbeat(
  events: AsyncIterator<Uint8Array>,
  after: (run: () => void, ms: number) => () => void = wallTimeout,
): AsyncIterator<Uint8Array> {
  let coming: Promise<IteratorResult<Uint8Array>> | undefined;
  return {
    async next() {
      coming ??= events.next();
      let callOff = (): void => undefined;
      const beat = new Promise<undefined>((resolve) => {
        callOff = after(() => resolve(undefined), BEAT_MS);
      });
      try {
        const event = await Promise.race([coming, beat]);
        if (event === undefined) return { done: false, value: BEAT };
        coming = undefined;
        return event;
      } finally {
        callOff();
      }
    },
    async return() {
      await events.return?.();
      return { done: true, value: undefined };
    },
  };
}
