import type { Frame } from '../sample.ts';

/** A frame stands apart if it is so many times as far from both its neighbours as they are from each other. */
const TIMES = 16;
/** Neighbours may be at one time, as frames of a lace are. */
const LEAST_NS = 40e6;

/**
 * A frame whose time leaps away from those of the frames around it, and back with the next one, has a wrong time: it is
 * given one between them, or it would move all that comes behind it. Times that ascend never do that, a clock that is set
 * back stays there, and B-frames do not go so far.
 */
export function withoutLeaps(frames: readonly Frame[], onLeap: () => void): readonly Frame[] {
  // Most are like that, and nothing leaps there.
  if (frames.every(({ timeNs }, at) => at === 0 || timeNs >= (frames[at - 1] as Frame).timeNs)) return frames;
  const times = frames.map(({ timeNs }) => timeNs);
  let mended: Frame[] | undefined;
  times.forEach((time, at) => {
    const between = placeOf(times, at);
    if (between === undefined || Math.abs(time - between.timeNs) <= TIMES * Math.max(between.apartNs, LEAST_NS)) return;
    onLeap();
    mended ??= [...frames];
    mended[at] = { ...(frames[at] as Frame), timeNs: between.timeNs };
    times[at] = between.timeNs;
  });
  return mended ?? frames;
}

/** Where its neighbours would have the frame: between them, or as far from the one as that is from the next. */
function placeOf(times: readonly number[], at: number): { timeNs: number; apartNs: number } | undefined {
  const time = times[at] as number;
  const before = times[at - 1];
  const after = times[at + 1];
  if (before !== undefined && after !== undefined) {
    const ascends = (time - before) * (after - time) >= 0;
    return ascends ? undefined : { timeNs: (before + after) / 2, apartNs: Math.abs(after - before) };
  }
  const [near, far] = before === undefined ? [after, times[at + 2]] : [before, times[at - 2]];
  if (near === undefined || far === undefined) return undefined;
  // At the ends only what is out of order is wrong: a first or last frame may well be far from the others.
  const outOfOrder = before === undefined ? time > near : time < near;
  return outOfOrder ? { timeNs: 2 * near - far, apartNs: Math.abs(near - far) } : undefined;
}
