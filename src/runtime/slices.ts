// Work that is as long as what a stranger sent. It is done in slices, and between two of them everybody else has a turn.
import { monotonicNow } from './wall.ts';

/** So long, and so many steps, all such work together may take in one turn of the event loop. */
const SLICE_MS = 10;
const SLICE_STEPS = 1000;

/** When the first such work of this turn began. */
let began: number | undefined;
let steps = 0;
const waiting: (() => void)[] = [];

/** To be asked after each step, or so many: true once others are to have their turn, that is, `turn` is to be awaited. */
export function sliceOver(count = 1): boolean {
  if (began === undefined) {
    began = monotonicNow();
    steps = 0;
    setImmediate(() => {
      began = undefined;
    });
  }
  steps += count;
  return steps >= SLICE_STEPS || monotonicNow() - began >= SLICE_MS;
}

/** Resolves in a later turn of the event loop, for one who waits in each: a thousand slices in one would be no slices. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(resumeOne);
  });
}

function resumeOne(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(resumeOne);
}

/** Items that take long to find: `undefined` among them says that others are to have their turn before the next. */
export type Sliced<T> = Iterable<T | undefined>;

/** The first `count` of the items. */
export async function takeSliced<T>(items: Sliced<T>, count = Number.POSITIVE_INFINITY): Promise<T[]> {
  const taken: T[] = [];
  if (count <= 0) return taken;
  for (const item of items) {
    if (item === undefined) await turn();
    else if (taken.push(item) >= count) break;
  }
  return taken;
}

/** Does work that yields between its parts, and gives others their turns there. */
export async function runSliced<T>(steps: Iterator<unknown, T>): Promise<T> {
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
    if (sliceOver()) await turn();
  }
}
