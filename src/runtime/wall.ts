// The one clock that test time never moves: the network's own deadlines (lingering closes, head time-outs), the HTTP
// `Date` header and the five-minute window of a signature, because clients sign with the time of their own machine.

/** Milliseconds since the epoch, as this machine has it. */
export const wallNow = (): number => Date.now();

/** `Date` as an HTTP date, recomputed once a second. */
export function httpDate(): string {
  const now = Date.now();
  if (now >= cachedUntil) {
    cachedUntil = now - (now % 1000) + 1000;
    cached = new Date(now).toUTCString();
  }
  return cached;
}
let cached = '';
let cachedUntil = 0;

/** Calls `run` after `ms` of real time without keeping the process alive. Returns how to call it off. */
export function wallTimeout(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms).unref();
  return () => clearTimeout(timer);
}

/** The same, for what is to be done before the process ends: it stays alive for it. */
export const wallTimeoutHeld = (run: () => void, ms: number): void => void setTimeout(run, ms);

/** Resolves after `ms` of real time, or when `signal` is aborted. The process stays alive for it. */
export function wallSleep(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** Resolves once the event loop has gone round: input that is already there has then been seen. */
export const eventLoopTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Milliseconds on a counter that only goes forward; for measuring, not for dates. */
export function monotonicNow(): number {
  // `performance` would load a module of node's, which a start would have to wait for.
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/** A date that is handed to others: those of certificates are by the machine's own time. */
export const dateAt = (ms: number): Date => new Date(ms);
