/** Work in parts: whoever runs it decides, at each yield, whether others have a turn first. A part takes milliseconds. */
export type Steps<T> = Generator<void, T, void>;

/** Runs it in one go. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
  }
}
